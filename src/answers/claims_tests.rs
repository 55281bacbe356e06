//! Who has a key, and when it is free again.

use super::{ClaimRegistry, Claimed, KeyHeld};
use crate::domain::{
    CLAIMED_FOR, ClaimKey, ClaimState, Fingerprint, SteeredClock, Timestamp, TokenId,
};
use std::{sync::Arc, time::Duration};

const ONE: Fingerprint = Fingerprint::from_bytes([1; 32]);
const OTHER: Fingerprint = Fingerprint::from_bytes([2; 32]);
const KEY: ClaimKey = ClaimKey::from_bytes([3; 32]);

fn room() -> (ClaimRegistry, SteeredClock) {
    let clock = SteeredClock::at(Timestamp::from_micros(1_000_000));
    (ClaimRegistry::new(Arc::new(clock.clone())), clock)
}

fn ask(claims: &ClaimRegistry, fingerprint: Fingerprint) -> KeyHeld {
    claims.claim(&TokenId::from_stored("tok_a"), KEY, fingerprint)
}

fn take(claims: &ClaimRegistry) -> Claimed {
    match ask(claims, ONE) {
        KeyHeld::Free(claimed) => claimed,
        held => panic!("{held:?}"),
    }
}

#[test]
fn a_key_is_taken_once_and_its_twin_waits() {
    let (claims, _) = room();
    let claimed = take(&claims);
    let KeyHeld::Running(changed, call) = ask(&claims, ONE) else { panic!() };
    assert_eq!(call, claimed.claim().unwrap().call);
    assert!(!changed.has_changed().unwrap());
    claimed.sent().end(ClaimState::Answered);
    assert!(changed.has_changed().is_err(), "the twin is woken");
    for _ in 0..3 {
        assert!(matches!(ask(&claims, ONE), KeyHeld::Answered(id) if id == call));
    }
}

#[test]
fn another_request_never_gets_the_key() {
    let (claims, _) = room();
    let claimed = take(&claims);
    assert!(matches!(ask(&claims, OTHER), KeyHeld::Reused(_)));
    claimed.sent().end(ClaimState::Answered);
    assert!(matches!(ask(&claims, OTHER), KeyHeld::Reused(_)));
}

#[test]
fn a_key_that_was_not_sent_with_is_free_when_dropped() {
    let (claims, _) = room();
    drop(take(&claims));
    take(&claims).sent().free();
    drop(take(&claims));
}

#[test]
fn a_key_that_was_sent_with_and_lost_sight_of_is_unknown() {
    let (claims, _) = room();
    drop(take(&claims).sent());
    assert!(matches!(ask(&claims, ONE), KeyHeld::Unknown(_)));
}

#[test]
fn a_key_is_free_after_a_day_but_never_while_its_call_runs() {
    let (claims, clock) = room();
    let claimed = take(&claims);
    clock.advance(CLAIMED_FOR + Duration::from_secs(1));
    assert!(claims.sweep().is_empty());
    assert!(matches!(ask(&claims, ONE), KeyHeld::Running(..)));
    let call = claimed.claim().unwrap().call.clone();
    claimed.sent().end(ClaimState::Answered);
    assert_eq!(claims.sweep(), [call]);
    drop(take(&claims));
}

#[test]
fn whatever_ran_in_an_earlier_life_is_unknown() {
    let (claims, _) = room();
    let claim = take(&claims).claim().unwrap().clone();
    claims.restore(&claim, ClaimState::Running);
    assert!(matches!(ask(&claims, ONE), KeyHeld::Unknown(_)));
    claims.restore(&claim, ClaimState::Answered);
    assert!(matches!(ask(&claims, ONE), KeyHeld::Answered(_)));
    claims.lose(&KEY, &claim.call);
    assert!(matches!(ask(&claims, ONE), KeyHeld::Unknown(_)));
}
