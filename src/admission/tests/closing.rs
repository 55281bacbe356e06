//! Drain, pause and stop.

use super::clerk::{admission, answer, in_use, knock, seat, settle};
use crate::admission::{Admission, AdmissionError};

async fn turned_away(close: impl Fn(&Admission), reason: AdmissionError) -> Admission {
    let admission = admission(1, 10);
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let waits = knock(&admission, seat("a", 1)).await;
    let heavy = knock(&admission, seat("b", 1)).await;
    close(&admission);
    assert_eq!(admission.is_closed(&"account".parse().expect("a name")), Some(reason.clone()));
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
    admission.pause(false);
    admission.stop(false);
    assert!(admission.admit(seat("a", 1)).await.is_err(), "draining is final");
}

#[tokio::test(start_paused = true)]
async fn a_pause_turns_calls_away_until_it_ends() {
    let admission = turned_away(|admission| admission.pause(true), AdmissionError::Paused).await;
    assert!(admission.status()[0].paused);
    admission.pause(false);
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    admission.tick();
    let _permit = admission.admit(seat("a", 1)).await.expect("room again");
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
