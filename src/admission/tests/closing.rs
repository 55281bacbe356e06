//! Drain, pause and stop.

use super::clerk::{admission, answer, in_use, knock, seat, settle};
use crate::{
    admission::{Admission, AdmissionError, AdmitRequest, Paused},
    domain::{Pause, PauseTarget, Timestamp},
};
use std::sync::Arc;

fn paused(target: &str) -> Paused {
    let (target, since) = (target.parse().expect("a target"), Timestamp::from_micros(0));
    Paused::new(Pause { target, reason: None, since, until: None, by: None }, since)
}

fn is_closed(admission: &Admission) -> Option<AdmissionError> {
    admission.is_closed(&"account".parse().expect("a name"), &"e0".parse().expect("a name"))
}

fn told(target: &str) -> AdmissionError {
    AdmissionError::Paused(Arc::new(paused(target)))
}

async fn turned_away(close: impl Fn(&Admission), reason: AdmissionError) -> Admission {
    let admission = admission(1, 10);
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let waits = knock(&admission, seat("a", 1)).await;
    let heavy = knock(&admission, seat("b", 1)).await;
    close(&admission);
    assert_eq!(is_closed(&admission), Some(reason.clone()));
    assert_eq!(in_use(&admission), (1, 0), "who was admitted goes on");
    settle().await;
    assert_eq!(answer(waits).await.err(), Some(reason.clone()));
    assert_eq!(answer(heavy).await.err(), Some(reason.clone()));
    assert_eq!(admission.admit(seat("a", 1)).await.err(), Some(reason.clone()));
    assert_eq!(busy.refused_upstream().admit().await.err(), Some(reason));
    assert_eq!(in_use(&admission), (0, 0));
    admission
}

#[tokio::test(start_paused = true)]
async fn draining_turns_all_who_wait_away() {
    let admission = turned_away(Admission::drain, AdmissionError::Draining).await;
    assert!(admission.status()[0].draining);
    admission.set_pauses([]);
    admission.stop(false);
    assert!(admission.admit(seat("a", 1)).await.is_err(), "draining is final");
}

#[tokio::test(start_paused = true)]
async fn a_pause_turns_calls_away_until_it_ends() {
    for target in ["all", "account:account", "environment:e0"] {
        let pause = |admission: &Admission| admission.set_pauses([paused(target)]);
        let admission = turned_away(pause, told(target)).await;
        admission.set_pauses([]);
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        admission.tick();
        let _permit = admission.admit(seat("a", 1)).await.expect("room again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_others_turns_nobody_away_and_the_narrowest_is_told() {
    let admission = admission(1, 10);
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let waits = knock(&admission, seat("a", 1)).await;
    admission.set_pauses([paused("environment:e1"), paused("account:other")]);
    assert_eq!((is_closed(&admission), in_use(&admission)), (None, (1, 1)));
    drop(busy);
    settle().await;
    assert!(answer(waits).await.is_ok(), "who waited has its turn");
    let all = ["environment:e0", "all", "account:account"];
    admission.set_pauses(all.map(paused));
    assert_eq!(is_closed(&admission), Some(told("environment:e0")));
    admission.set_pauses(["all", "account:account"].map(paused));
    assert_eq!(is_closed(&admission), Some(told("account:account")));
    let target = PauseTarget::All;
    assert!(admission.is_paused(&"other".parse().unwrap(), &"e0".parse().unwrap()).is_none());
    admission.set_pauses([paused(&target.to_string())]);
    assert_eq!(is_closed(&admission), Some(told("all")));
}

/// Whoever is sent away may be the one that others waited for.
#[tokio::test(start_paused = true)]
async fn who_waits_behind_a_paused_environment_goes_at_once() {
    let admission = admission(2, 10);
    let other = |places| AdmitRequest { environment: "e1".parse().unwrap(), ..seat("b", places) };
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    let large = knock(&admission, seat("a", 2)).await;
    admission.set_pauses([paused("environment:e0")]);
    settle().await;
    assert_eq!(answer(large).await.err(), Some(told("environment:e0")));
    let _small = admission.admit(other(1)).await.expect("the other one goes on");
    assert_eq!(in_use(&admission), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn calls_that_cannot_be_recorded_are_not_admitted() {
    let admission = turned_away(|admission| admission.stop(true), AdmissionError::Stopped).await;
    assert!(admission.status()[0].stopped);
    admission.stop(false);
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    admission.tick();
    let _permit = admission.admit(seat("a", 1)).await.expect("room again");
}
