//! Turns that could not be used, or came to nothing.

use super::world::{Ask, World, ask};
use std::time::Duration;

/// Lets `idle` be kept out for long while `busy` is served, then both want more than there is;
/// returns how many of each were let in after that.
fn after_a_long_pause(idle: Ask, busy: Ask) -> (usize, usize) {
    let mut world = World::new(4, &[(1, 0), (1, 0)], 1_000);
    let idle = Ask { share: Some(3), ..idle };
    for _ in 0..3 {
        world.enter(idle).expect("room");
        world.hold(0);
    }
    for _ in 0..100 {
        world.enter(idle).expect("room to wait");
        world.enter(busy).expect("room to wait");
    }
    for _ in 0..50 {
        world.release(0);
    }
    while !world.held.is_empty() {
        world.release_held(0);
    }
    let before = waiting(&world);
    for _ in 0..40 {
        world.release(0);
    }
    let after = waiting(&world);
    (before.0 - after.0, before.1 - after.1)
}

/// Returns how many calls wait, with a share of their own and without.
fn waiting(world: &World) -> (usize, usize) {
    let bounded = world.waiting.iter().filter(|ticket| world.share_of(ticket).is_some()).count();
    (bounded, world.waiting.len() - bounded)
}

#[test]
fn a_token_at_its_share_saves_no_turns_up() {
    let (idle, busy) = after_a_long_pause(ask(0, 0, 1), ask(0, 1, 1));
    assert!(idle.abs_diff(busy) <= 2, "{idle} and {busy}");
}

#[test]
fn an_environment_whose_tokens_are_at_their_share_saves_no_turns_up() {
    let (idle, busy) = after_a_long_pause(ask(0, 0, 1), ask(1, 0, 1));
    assert!(idle.abs_diff(busy) <= 2, "{idle} and {busy}");
}

#[test]
fn a_turn_that_the_vendor_refused_costs_nothing() {
    let mut world = World::new(1, &[(1, 0), (1, 0)], 1_000);
    let refused = world.enter(ask(0, 0, 1)).expect("room");
    for _ in 0..30 {
        world.enter(ask(1, 0, 1)).expect("room to wait");
    }
    let (mut refusals, mut others) = (0, 0);
    for _ in 0..20 {
        if world.admitted[0].number == refused.number {
            world.requeue(0);
            refusals += 1;
        } else {
            world.release(0);
            others += 1;
        }
        world.pass(Duration::from_secs(1));
    }
    assert!(refusals >= 18 && others <= 2, "{refusals} refusals, {others} others");
}
