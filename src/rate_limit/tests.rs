//! Time is moved by hand.

use super::{RateLimited, RateLimits, RateState};
use crate::domain::TokenId;
use governor::clock::FakeRelativeClock;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn limits() -> (RateLimits<FakeRelativeClock>, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    (RateLimits::with_clock(clock.clone()), clock)
}

fn token(name: &str) -> TokenId {
    TokenId::from_stored(name)
}

#[test]
fn a_token_may_make_its_requests_at_once_and_then_must_wait() {
    let (limits, clock) = limits();
    for remaining in (0..60).rev() {
        let reset = SECOND * (60 - remaining);
        let state = RateState { limit: 60, remaining, reset };
        assert_eq!(limits.check(&token("a"), 60), Ok(state));
    }
    let limited = RateLimited { limit: 60, retry_after: SECOND };
    assert_eq!(limits.check(&token("a"), 60), Err(limited));
    clock.advance(SECOND);
    assert!(limits.check(&token("a"), 60).is_ok());
    assert_eq!(limits.check(&token("a"), 60), Err(limited));
}

#[test]
fn the_wait_is_told_in_whole_seconds_and_is_long_enough() {
    let (limits, clock) = limits();
    for _ in 0..7 {
        limits.check(&token("a"), 7).expect("its first requests");
    }
    clock.advance(Duration::from_millis(300));
    let refused = limits.check(&token("a"), 7).expect_err("too many");
    assert_eq!(refused.retry_after, SECOND * 9, "60 s / 7 - 0.3 s, rounded up");
    clock.advance(refused.retry_after);
    assert!(limits.check(&token("a"), 7).is_ok());
}

#[test]
fn a_refused_request_costs_nothing() {
    let (limits, clock) = limits();
    limits.check(&token("a"), 1).expect("the first");
    for _ in 0..100 {
        limits.check(&token("a"), 1).expect_err("too many");
        clock.advance(Duration::from_millis(1));
    }
    clock.advance(SECOND * 60);
    limits.check(&token("a"), 1).expect("a minute later");
}

#[test]
fn tokens_do_not_use_each_others_requests() {
    let (limits, _clock) = limits();
    limits.check(&token("a"), 1).expect("the first");
    limits.check(&token("a"), 1).expect_err("too many");
    limits.check(&token("b"), 1).expect("another token's first");
}

#[test]
fn a_changed_limit_takes_effect_at_once() {
    let (limits, _clock) = limits();
    limits.check(&token("a"), 1).expect("the first");
    limits.check(&token("a"), 1).expect_err("too many");
    let state = limits.check(&token("a"), 5).expect("more are allowed now");
    assert_eq!((state.limit, state.remaining), (5, 3), "the first is counted, too");
    let state = limits.check(&token("a"), 3).expect("fewer, but not none");
    assert_eq!((state.limit, state.remaining), (3, 0));
    limits.check(&token("a"), 2).expect_err("all that there are now were used");
}

/// However often a limit changes, no more goes through than the largest of them allows.
#[test]
fn a_rate_that_changes_gives_no_second_minute() {
    let (limits, clock) = limits();
    let mut passed = 0;
    for change in 0..20 {
        let limit = 60 + change % 2;
        passed += (0..100).filter(|_| limits.check(&token("a"), limit).is_ok()).count();
    }
    assert_eq!(passed, 61, "those of the first limit, and the one more of the other");
    clock.advance(SECOND * 30);
    passed = (0..100).filter(|_| limits.check(&token("a"), 60).is_ok()).count();
    assert!((29..=30).contains(&passed), "{passed} came back in half a minute");
    clock.advance(SECOND * 60);
    passed = (0..100).filter(|_| limits.check(&token("a"), 6).is_ok()).count();
    assert_eq!(passed, 6, "a bucket that is full stays full");
}

#[test]
fn what_was_given_back_is_not_counted_against_another_limit() {
    let (limits, _clock) = limits();
    for _ in 0..3 {
        limits.check(&token("a"), 3).expect("its requests");
    }
    limits.give_back(&token("a"));
    limits.give_back(&token("a"));
    let state = limits.check(&token("a"), 4).expect("one of three is used");
    assert_eq!((state.limit, state.remaining), (4, 2));
}

#[test]
fn a_limit_of_none_refuses_every_request() {
    let (limits, _clock) = limits();
    let refused = limits.check(&token("a"), 0).expect_err("none is allowed");
    assert_eq!(refused.retry_after, SECOND * 60);
}

#[test]
fn tokens_that_make_no_requests_are_forgotten_and_lose_nothing_by_it() {
    let (limits, clock) = limits();
    for n in 0..1_000 {
        limits.check(&token(&n.to_string()), 10).expect("the first");
    }
    clock.advance(SECOND * 30);
    limits.check(&token("busy"), 2).expect("the first");
    limits.check(&token("busy"), 2).expect("the second");
    assert_eq!(limits.remembered(), 1_001);
    clock.advance(SECOND * 31);
    limits.check(&token("new"), 10).expect("the first");
    assert_eq!(limits.remembered(), 2, "the busy one is not full yet");
    limits.check(&token("busy"), 2).expect("one is there again");
    limits.check(&token("busy"), 2).expect_err("the other is not");
}

#[test]
fn the_gateways_own_clock_works_too() {
    let limits = RateLimits::default();
    assert!(limits.check(&token("a"), 1).is_ok());
    assert!(limits.check(&token("a"), 1).is_err());
}

#[test]
fn what_is_given_back_can_be_used_again_and_is_never_more_than_there_was() {
    let (limits, clock) = limits();
    for _ in 0..3 {
        limits.check(&token("a"), 3).expect("its requests");
    }
    limits.check(&token("a"), 3).expect_err("too many");
    limits.give_back(&token("a"));
    limits.give_back(&token("a"));
    let second = limits.check(&token("a"), 3).expect("given back");
    assert_eq!(second, RateState { limit: 3, remaining: 1, reset: SECOND * 40 });
    limits.check(&token("a"), 3).expect("given back, too");
    limits.check(&token("a"), 3).expect_err("all is used");
    for _ in 0..10 {
        limits.give_back(&token("a"));
    }
    clock.advance(SECOND * 40);
    for remaining in [2, 1, 0] {
        let state = limits.check(&token("a"), 3).expect("a full bucket");
        assert_eq!(state.remaining, remaining);
    }
    limits.check(&token("a"), 3).expect_err("no more than a full bucket");
    limits.give_back(&token("unknown"));
}
