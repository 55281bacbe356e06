//! Places held for unknown calls and pending generations, on the state machine.

use super::world::{Ask, World, ask};
use crate::admission::Admission;

#[test]
fn restored_places_may_exceed_the_cap_and_then_nobody_is_admitted_until_it_fits() {
    let mut world = World::new(4, &[(1, 0)], 10);
    world.restore(ask(0, 0, 4));
    world.restore(ask(0, 0, 2));
    world.enter(ask(0, 1, 1)).expect("room to wait");
    assert_eq!((world.in_use(), world.waiting.len()), (6, 1));
    world.release_held(1);
    assert_eq!((world.in_use(), world.waiting.len()), (4, 1));
    world.release_held(0);
    assert_eq!((world.in_use(), world.waiting.len()), (1, 0));
}

#[test]
fn places_of_an_environment_that_is_not_in_the_settings_any_more_still_count() {
    let mut world = World::new(4, &[(1, 0)], 10);
    let seat = crate::admission::AdmitRequest {
        environment: "gone".parse().expect("a name"),
        ..world.seat(ask(0, 0, 3))
    };
    let call = crate::domain::CallId::random();
    assert!(world.gate.restore(&seat, call.clone(), world.now).is_empty());
    assert_eq!((world.gate.in_use, world.gate.held.places()), (3, 3));
    assert!(world.gate.release_held(&call, world.now).is_some());
    assert_eq!(world.gate.in_use, 0);
}

#[test]
fn places_gathered_for_a_token_that_reaches_its_share_go_to_others() {
    let mut world = World::new(4, &[(1, 0)], 10);
    world.enter(ask(0, 0, 1)).expect("room");
    world.enter(Ask { share: Some(4), ..ask(0, 1, 4) }).expect("room to wait");
    for _ in 0..4 {
        world.enter(ask(0, 2, 1)).expect("it may overtake");
        world.release(1);
    }
    world.enter(ask(0, 2, 1)).expect("room to wait");
    assert_eq!((world.in_use(), world.waiting.len()), (1, 2), "places are gathered");
    world.restore(ask(0, 1, 1));
    assert_eq!((world.in_use(), world.waiting.len()), (3, 1));
}

#[test]
fn a_call_is_held_once() {
    let options = super::world::options(4, &[(1, 0)]);
    let admission = Admission::new(crate::admission::AdmissionOptions {
        queue_capacity: 1,
        accounts: vec![options],
    });
    let call = crate::domain::CallId::random();
    let token = crate::domain::TokenId::random();
    let (account, environment) = ("account".parse().expect("a name"), "e0".parse().expect("one"));
    for _ in 0..2 {
        admission.restore(&account, &environment, &token, 3, call.clone());
    }
    assert_eq!(admission.status()[0].unknown, 3);
    assert!(admission.release(&call));
    assert!(!admission.release(&call));
    assert_eq!(admission.status()[0].in_use, 0);
}
