//! Permits that are held on, and calls that the vendor refused for now.

use super::clerk::{admission, answer, in_use, knock, seat, settle};
use crate::admission::AdmissionError;
use crate::domain::CallId;
use std::time::Duration;
use tokio::time::advance;

#[tokio::test(start_paused = true)]
async fn held_places_stay_taken_until_they_are_released() {
    let admission = admission(2, 10);
    let call = CallId::random();
    admission.admit(seat("a", 2)).await.expect("room").hold(call.clone());
    let waits = knock(&admission, seat("a", 1)).await;
    assert!(admission.is_held(&call));
    assert_eq!(admission.status()[0].unknown, 2);
    assert!(!waits.is_finished());
    assert!(admission.release(&call));
    assert!(!admission.is_held(&call));
    settle().await;
    let _permit = answer(waits).await.expect("its turn");
    assert_eq!(admission.status()[0].unknown, 0);
    assert_eq!(in_use(&admission), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_refused_upstream_keeps_its_place_and_its_deadline() {
    let admission = admission(2, 10);
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let permit = admission.admit(seat("a", 1)).await.expect("room");
    advance(Duration::from_secs(4)).await;
    let other = knock(&admission, seat("a", 1)).await;
    let requeue = permit.refused_upstream();
    assert_eq!(admission.status()[0].effective_cap, 1);
    assert_eq!(in_use(&admission), (1, 2));
    drop(busy);
    let again = requeue.admit().await.expect("it goes before the other");
    assert!(!other.is_finished());
    let requeue = again.refused_upstream();
    let waits = tokio::spawn(requeue.admit());
    settle().await;
    advance(Duration::from_millis(5_999)).await;
    settle().await;
    assert!(!waits.is_finished(), "it rests: nobody else is in flight and nobody ticks");
    advance(Duration::from_millis(1)).await;
    settle().await;
    assert!(matches!(answer(waits).await, Err(AdmissionError::Timeout { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_that_hangs_up_frees_its_seat() {
    let admission = admission(2, 10);
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    let permit = admission.admit(seat("a", 1)).await.expect("room");
    drop(permit.refused_upstream());
    assert_eq!(in_use(&admission), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn the_time_in_the_queue_adds_up_over_all_turns() {
    let admission = admission(1, 10);
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let waits = knock(&admission, seat("a", 1)).await;
    advance(Duration::from_secs(2)).await;
    drop(busy);
    settle().await;
    let permit = answer(waits).await.expect("its turn");
    advance(Duration::from_secs(3)).await;
    let waits = tokio::spawn(permit.refused_upstream().admit());
    settle().await;
    advance(Duration::from_secs(1)).await;
    admission.tick();
    settle().await;
    let permit = answer(waits).await.expect("its turn again");
    assert_eq!(permit.queued_for(), Duration::from_secs(3), "two and one; the call itself not");
}
