//! The vendor's 429s shrink the cap; quiet seconds give it back.

use super::world::{World, ask};
use crate::admission::AdmissionError;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_429_sets_the_effective_cap_to_what_else_is_in_use() {
    let mut world = World::new(10, &[(1, 0)], 100);
    for _ in 0..6 {
        world.enter(ask(0, 0, 1)).expect("room");
    }
    world.requeue(5);
    assert_eq!(world.gate.effective_cap.current(), 5);
    assert_eq!((world.in_use(), world.waiting.len()), (5, 1));
    world.pass(Duration::from_millis(999));
    assert_eq!(world.gate.effective_cap.current(), 5);
    world.pass(Duration::from_millis(1));
    assert_eq!(world.gate.effective_cap.current(), 6);
    assert_eq!(world.waiting, [], "the place that came back goes to the call at once");
}

#[test]
fn the_effective_cap_never_falls_below_one_and_comes_back() {
    let mut world = World::new(10, &[(1, 0)], 100);
    world.enter(ask(0, 0, 1)).expect("room");
    for _ in 0..5 {
        world.requeue(0);
        assert_eq!(world.gate.effective_cap.current(), 1);
        assert_eq!(world.in_use(), 0, "nothing is sent again before a second has passed");
        world.pass(SECOND);
        assert_eq!(world.in_use(), 1);
    }
    world.pass(SECOND * 9);
    assert_eq!(world.gate.effective_cap.current(), 10);
    world.pass(SECOND * 100);
    assert_eq!(world.gate.effective_cap.current(), 10);
}

#[test]
fn a_refused_call_waits_at_the_head_of_its_lane() {
    let mut world = World::new(2, &[(1, 0)], 100);
    world.enter(ask(0, 0, 1)).expect("room");
    let first = world.enter(ask(0, 0, 1)).expect("room");
    for _ in 0..3 {
        world.enter(ask(0, 0, 1)).expect("room to wait");
    }
    world.requeue(1);
    assert_eq!(world.waiting[0].number, first.number);
    assert_eq!(world.waiting[0].deadline, first.deadline);
    world.release(0);
    assert_eq!(world.admitted[0].number, first.number);
}

#[test]
fn a_call_larger_than_the_effective_cap_steps_aside_until_it_fits() {
    let mut world = World::new(4, &[(1, 0)], 100);
    world.enter(ask(0, 0, 1)).expect("room");
    world.enter(ask(0, 0, 3)).expect("room");
    world.requeue(1);
    assert_eq!(world.gate.effective_cap.current(), 1);
    for _ in 0..30 {
        world.enter(ask(0, 0, 1)).expect("room to wait");
        world.enter(ask(0, 1, 1)).expect("room to wait");
        world.release(0);
        world.release(0);
    }
    assert_eq!(world.gate.counters.overtakes, 0);
    world.pass(SECOND * 2);
    let places = |tickets: &[crate::admission::lane::Ticket]| -> Vec<u32> {
        tickets.iter().map(|ticket| ticket.places).collect()
    };
    while !world.admitted.is_empty() && places(&world.admitted) != [3] {
        world.release(0);
    }
    assert_eq!(places(&world.admitted), [3]);
}

#[test]
fn a_call_larger_than_the_cap_never_fits() {
    let mut world = World::new(10, &[(1, 0)], 100);
    assert_eq!(world.enter(ask(0, 0, 11)), Err(AdmissionError::NeverFits { cap: 10 }));
    let bounded = super::world::Ask { share: Some(3), ..ask(0, 0, 4) };
    assert_eq!(world.enter(bounded), Err(AdmissionError::NeverFits { cap: 3 }));
}
