//! Places held back for an environment, while it is there to use them.

use super::world::{World, ask};
use std::time::Duration;

#[test]
fn reserved_places_are_held_back_only_while_their_environment_is_active() {
    let mut world = World::new(4, &[(1, 2), (1, 0)], 10);
    for _ in 0..4 {
        world.enter(ask(1, 0, 1)).expect("room");
    }
    assert_eq!(world.in_use(), 4, "nobody has called, so nothing is held back");
    while !world.admitted.is_empty() {
        world.release(0);
    }
    world.enter(ask(0, 0, 1)).expect("room");
    for _ in 0..4 {
        world.enter(ask(1, 0, 1)).expect("room to wait");
    }
    assert_eq!((world.in_use(), world.waiting.len()), (3, 2), "one place is kept free");
    world.pass(Duration::from_secs(4 * 60 + 59));
    assert_eq!(world.waiting.len(), 2);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.waiting.len(), 1, "after five minutes without a call nothing is held back");
}

#[test]
fn taking_ones_own_reserved_places_overtakes_nobody() {
    let mut world = World::new(4, &[(1, 2), (1, 0)], 100);
    world.enter(ask(1, 0, 2)).expect("room");
    world.enter(ask(0, 0, 2)).expect("room");
    world.enter(ask(1, 1, 2)).expect("room to wait");
    for _ in 0..50 {
        world.enter(ask(0, 0, 2)).expect("room to wait");
        world.release(1);
        assert_eq!(world.in_use(), 4);
    }
    assert_eq!(world.gate.counters.overtakes, 0);
}

#[test]
fn a_call_that_reserves_keep_from_fitting_steps_aside() {
    let mut world = World::new(10, &[(1, 4), (1, 0)], 100);
    world.enter(ask(0, 0, 1)).expect("room");
    let large = world.enter(ask(1, 0, 8)).expect("it fits once the other is gone");
    for _ in 0..50 {
        let before = world.admitted.len();
        world.enter(ask(1, 1, 6)).expect("room");
        assert_eq!(world.admitted.len(), before + 1);
        world.release(before);
    }
    assert_eq!(world.waiting, [large]);
    world.release(0);
    world.pass(Duration::from_mins(5));
    assert_eq!(world.waiting, []);
}

#[test]
fn reserves_shrink_with_the_effective_cap() {
    let mut world = World::new(10, &[(1, 5), (1, 0)], 100);
    world.enter(ask(0, 0, 1)).expect("room");
    world.requeue(0);
    world.leave(0);
    assert_eq!(world.gate.effective_cap.current(), 1);
    world.enter(ask(1, 0, 1)).expect("room to wait");
    world.pass(Duration::from_secs(1));
    assert_eq!(world.gate.effective_cap.current(), 2);
    assert_eq!(world.waiting, [], "one of two places is held back, the other is free");
}
