//! Callers wait, give up, hang up and are let in; time stands still unless it is moved.

use super::clerk::{admission, answer, in_use, knock, seat, settle};
use crate::admission::AdmissionError;
use std::time::Duration;
use tokio::time::{Instant, advance};

#[tokio::test(start_paused = true)]
async fn a_freed_place_is_handed_over_to_the_call_that_waits() {
    let admission = admission(1, 10);
    let first = admission.admit(seat("a", 1)).await.expect("room");
    let second = knock(&admission, seat("a", 1)).await;
    advance(Duration::from_secs(3)).await;
    assert!(!second.is_finished());
    drop(first);
    // Nobody may slip in between: the place is the waiting call's before it even wakes.
    assert_eq!(in_use(&admission), (1, 0));
    settle().await;
    let permit = answer(second).await.expect("its turn");
    assert_eq!(permit.queued_for(), Duration::from_secs(3));
    assert_eq!(permit.places(), 1);
    drop(permit);
    assert_eq!(in_use(&admission), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_deadline_passes_is_told_when_to_come_back() {
    let admission = admission(1, 10);
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    let late = knock(&admission, seat("a", 1)).await;
    advance(Duration::from_millis(9_999)).await;
    settle().await;
    assert!(!late.is_finished());
    advance(Duration::from_millis(1)).await;
    settle().await;
    let Err(AdmissionError::Timeout { retry_after, waited, .. }) = answer(late).await else {
        panic!("not a timeout")
    };
    assert_eq!(waited, Duration::from_secs(10));
    assert_eq!(retry_after, Duration::from_secs(10), "one place in ten seconds, until measured");
    assert_eq!(in_use(&admission), (1, 0));
    assert_eq!(admission.counters()[0].1.timeouts, 1);
}

#[tokio::test(start_paused = true)]
async fn a_heavy_call_that_times_out_lets_the_others_go() {
    let admission = admission(2, 10);
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    let heavy = knock(&admission, seat("b", 2)).await;
    for _ in 0..2 {
        drop(admission.admit(seat("c", 1)).await.expect("it may overtake"));
    }
    let light = knock(&admission, seat("c", 1)).await;
    assert_eq!(in_use(&admission), (1, 2), "a place is gathered");
    advance(Duration::from_secs(5)).await;
    let later = knock(&admission, seat("c", 1)).await;
    advance(Duration::from_secs(5)).await;
    settle().await;
    assert!(matches!(answer(heavy).await, Err(AdmissionError::Timeout { .. })));
    // The light call's own deadline was the same instant; the later call has one of its own.
    drop(answer(light).await);
    settle().await;
    drop(answer(later).await.expect("its turn"));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_has_passed_still_takes_what_is_free() {
    let admission = admission(1, 10);
    let past = crate::admission::AdmitRequest { deadline: Instant::now(), ..seat("a", 1) };
    let _permit = admission.admit(past.clone()).await.expect("room");
    let refused = admission.admit(past).await;
    assert!(matches!(refused, Err(AdmissionError::Timeout { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_frees_its_seat_at_once() {
    let admission = admission(1, 10);
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let gone = knock(&admission, seat("a", 1)).await;
    let stays = knock(&admission, seat("a", 1)).await;
    assert_eq!(in_use(&admission), (1, 2));
    gone.abort();
    settle().await;
    assert_eq!(in_use(&admission), (1, 1));
    drop(busy);
    settle().await;
    drop(answer(stays).await.expect("its turn"));
}

#[tokio::test(start_paused = true)]
async fn two_hundred_callers_who_hang_up_leave_nothing_behind() {
    let admission = admission(10, 1_000);
    let busy = admission.admit(seat("a", 10)).await.expect("room");
    let mut calls = Vec::new();
    for n in 0..200 {
        calls.push(knock(&admission, seat(&format!("t{}", n % 7), 1 + n % 8)).await);
    }
    calls.iter().for_each(tokio::task::JoinHandle::abort);
    settle().await;
    assert_eq!(in_use(&admission), (10, 0));
    drop(busy);
    assert_eq!(in_use(&admission), (0, 0));
    assert_eq!(admission.counters()[0].1.admitted, 1);
}

#[tokio::test(start_paused = true)]
async fn a_grant_to_a_caller_who_just_vanished_is_passed_on() {
    let admission = admission(1, 10);
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let vanishing = knock(&admission, seat("a", 1)).await;
    let next = knock(&admission, seat("a", 1)).await;
    // The grant is on its way when the caller goes: both happen before it runs again.
    drop(busy);
    assert_eq!(in_use(&admission), (1, 1));
    vanishing.abort();
    settle().await;
    drop(answer(next).await.expect("the grant that was passed on"));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_finds_the_queue_full_is_told_at_once() {
    let admission = admission(1, 2);
    let account = "account".parse().expect("a name");
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let _first = knock(&admission, seat("a", 1)).await;
    assert_eq!(admission.is_full(&account), None);
    let _second = knock(&admission, seat("a", 1)).await;
    assert_eq!(admission.is_full(&account), Some(Duration::from_secs(20)));
    let full = answer(knock(&admission, seat("a", 1)).await).await;
    assert_eq!(
        full.err(),
        Some(AdmissionError::QueueFull { retry_after: Duration::from_secs(20) })
    );
    drop(busy);
    assert_eq!(admission.is_full(&account), None);
}

#[tokio::test(start_paused = true)]
async fn without_a_queue_calls_are_still_admitted_to_free_places() {
    let admission = admission(1, 0);
    let account = "account".parse().expect("a name");
    assert_eq!(admission.is_full(&account), None);
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    assert!(admission.is_full(&account).is_some());
    assert!(matches!(admission.admit(seat("a", 1)).await, Err(AdmissionError::QueueFull { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_places_never_waits() {
    let admission = admission(1, 0);
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    let free = admission.admit(seat("a", 0)).await.expect("it takes nothing");
    assert_eq!(free.places(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_time_to_come_back_follows_the_measured_pace() {
    let admission = admission(1, 100);
    let account = "account".parse().expect("a name");
    let mut calls = Vec::new();
    for _ in 0..90 {
        let patient = crate::admission::AdmitRequest {
            deadline: Instant::now() + Duration::from_mins(10),
            ..seat("a", 1)
        };
        calls.push(knock(&admission, patient).await);
    }
    assert_eq!(admission.status()[0].retry_after_ms, 60_000);
    // Half a second each, for forty seconds.
    for call in calls.drain(..80) {
        advance(Duration::from_millis(500)).await;
        drop(answer(call).await.expect("its turn"));
        admission.tick();
        settle().await;
    }
    let left = admission.status()[0].retry_after_ms;
    assert!((4_000..=6_000).contains(&left), "nine calls at two a second: {left}");
    assert_eq!(admission.is_full(&account), None);
}

#[tokio::test(start_paused = true)]
async fn an_account_without_settings_admits_nobody() {
    let admission = admission(1, 1);
    let elsewhere = crate::admission::AdmitRequest {
        account: "elsewhere".parse().expect("a name"),
        ..seat("a", 1)
    };
    let refused = admission.admit(elsewhere).await;
    assert_eq!(refused.err(), Some(AdmissionError::NeverFits { cap: 0 }));
}
