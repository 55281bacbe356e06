//! Other caps and weights while calls wait and run.

use super::{
    clerk::{admission, answer, in_use, knock, seat, settle},
    world::{World, ask, options},
};
use crate::admission::{Admission, AdmissionError, AdmissionOptions};
use std::time::Duration;

fn set_cap(admission: &Admission, cap: u32) {
    let accounts = vec![options(cap, &[(1, 0), (1, 0)])];
    admission.reconfigure(&AdmissionOptions { queue_capacity: 10, accounts });
}

#[tokio::test(start_paused = true)]
async fn a_cap_below_what_is_in_flight_lets_nobody_in_until_it_fits() {
    let admission = admission(4, 10);
    let busy = [
        admission.admit(seat("a", 2)).await.expect("room"),
        admission.admit(seat("b", 2)).await.expect("room"),
    ];
    let waits = knock(&admission, seat("c", 1)).await;
    set_cap(&admission, 2);
    let [first, second] = busy;
    drop(first);
    settle().await;
    assert!(!waits.is_finished(), "two of two places are taken");
    assert_eq!(in_use(&admission), (2, 1), "who was admitted goes on");
    drop(second);
    settle().await;
    drop(answer(waits).await.expect("its turn"));
}

#[tokio::test(start_paused = true)]
async fn a_raised_cap_lets_those_in_who_wait() {
    let admission = admission(1, 10);
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    let waits = knock(&admission, seat("b", 1)).await;
    set_cap(&admission, 2);
    settle().await;
    let _permit = answer(waits).await.expect("a place of the new cap");
}

#[tokio::test(start_paused = true)]
async fn a_waiting_call_larger_than_the_new_cap_is_told_at_once() {
    let admission = admission(4, 10);
    let _busy = admission.admit(seat("a", 1)).await.expect("room");
    let large = knock(&admission, seat("b", 4)).await;
    let small = knock(&admission, seat("c", 2)).await;
    set_cap(&admission, 3);
    settle().await;
    assert_eq!(answer(large).await.err(), Some(AdmissionError::NeverFits { cap: 3 }));
    let _permit = answer(small).await.expect("nobody is ahead of it any more");
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_larger_than_the_new_cap_does_not_wait_in_vain() {
    let admission = admission(4, 10);
    let large = admission.admit(seat("a", 4)).await.expect("room");
    let waits = knock(&admission, seat("b", 1)).await;
    set_cap(&admission, 3);
    let again = large.refused_upstream().admit().await;
    assert_eq!(again.err(), Some(AdmissionError::NeverFits { cap: 3 }));
    assert_eq!(in_use(&admission), (0, 1), "its places are free");
    // Ideogram let nothing through a moment ago, so that a second passes first.
    tokio::time::advance(Duration::from_secs(1)).await;
    admission.tick();
    settle().await;
    drop(answer(waits).await.expect("its turn"));
}

#[tokio::test(start_paused = true)]
async fn an_environment_that_is_gone_is_shown_while_it_holds_places() {
    let admission = admission(4, 10);
    let names = |admission: &Admission| {
        let environments = &admission.status()[0].environments;
        environments.iter().map(|own| own.name.to_string()).collect::<Vec<_>>()
    };
    let busy = admission.admit(seat("a", 1)).await.expect("room");
    let mut gone = options(4, &[(1, 0), (1, 0), (1, 0)]);
    gone.environments.remove(0);
    admission.reconfigure(&AdmissionOptions { queue_capacity: 10, accounts: vec![gone] });
    assert_eq!(names(&admission), ["e1", "e2", "e0"]);
    drop(busy);
    assert_eq!(names(&admission), ["e1", "e2"]);
}

#[test]
fn a_vendor_that_lets_less_through_is_not_forgotten_by_a_raised_cap() {
    let mut world = World::new(4, &[(1, 0)], 10);
    for token in 0..2 {
        world.enter(ask(0, token, 1)).expect("room");
    }
    world.requeue(0);
    assert_eq!(world.gate.effective_cap.current(), 1);
    world.reconfigure(8, &[(1, 0)]);
    assert_eq!((world.gate.effective_cap.current(), world.waiting.len()), (1, 1));
    world.pass(Duration::from_secs(1));
    assert_eq!(world.gate.effective_cap.current(), 2, "it comes back second by second");
}
