//! Heavy calls are overtaken, but not for ever.

use super::world::{World, ask};
use proptest::prelude::*;
use std::collections::HashMap;

#[test]
fn at_most_the_caps_places_overtake_a_heavy_call() {
    let mut world = World::new(10, &[(1, 0)], 1_000);
    for _ in 0..10 {
        world.enter(ask(0, 0, 1)).expect("room");
    }
    let heavy = world.enter(ask(0, 1, 8)).expect("room to wait");
    for _ in 0..50 {
        world.enter(ask(0, 2, 1)).expect("room to wait");
    }
    let mut overtook = 0;
    while world.waiting.contains(&heavy) {
        let before = world.waiting.len();
        world.release(0);
        overtook += before - world.waiting.len();
    }
    // The last release let in the heavy call itself, and whoever fits beside it.
    assert!((10..=13).contains(&overtook), "{overtook}");
    assert_eq!(world.in_use(), 10);
}

#[test]
fn a_light_call_goes_at_once_while_a_heavy_one_waits_for_the_first_time() {
    let mut world = World::new(10, &[(1, 0)], 10);
    world.enter(ask(0, 0, 8)).expect("room");
    world.enter(ask(0, 1, 8)).expect("room to wait");
    let light = world.enter(ask(0, 2, 2)).expect("room");
    assert!(world.admitted.iter().any(|ticket| ticket.number == light.number));
    assert_eq!(world.gate.counters.overtakes, 1);
}

#[test]
fn places_that_were_gathered_go_on_when_the_heavy_call_hangs_up() {
    let mut world = World::new(4, &[(1, 0)], 10);
    world.enter(ask(0, 0, 2)).expect("room");
    world.enter(ask(0, 1, 4)).expect("room to wait");
    for _ in 0..4 {
        world.enter(ask(0, 2, 1)).expect("room");
    }
    while world.admitted.len() > 1 {
        world.release(1);
    }
    world.enter(ask(0, 2, 2)).expect("room to wait");
    assert_eq!((world.in_use(), world.waiting.len()), (2, 2), "two places are gathered");
    world.leave(0);
    assert_eq!((world.in_use(), world.waiting.len()), (4, 0));
}

#[test]
fn a_token_at_its_share_blocks_nobody_and_is_not_overtaken() {
    let mut world = World::new(4, &[(1, 0)], 100);
    let greedy = super::world::Ask { share: Some(2), ..ask(0, 0, 1) };
    for _ in 0..4 {
        world.enter(greedy).expect("room to wait");
    }
    assert_eq!((world.in_use(), world.waiting.len()), (2, 2));
    for _ in 0..20 {
        world.enter(ask(0, 1, 2)).expect("room");
        assert_eq!(world.in_use(), 4);
        world.release(world.admitted.len() - 1);
    }
    assert_eq!(world.gate.counters.overtakes, 0);
    world.release(0);
    assert_eq!((world.in_use(), world.waiting.len()), (2, 1));
}

#[test]
fn a_share_that_changes_holds_for_who_waits_already() {
    let mut world = World::new(4, &[(1, 0)], 100);
    let of = |share| super::world::Ask { share, ..ask(0, 0, 1) };
    for _ in 0..6 {
        world.enter(of(Some(1))).expect("room to wait");
    }
    assert_eq!((world.in_use(), world.waiting.len()), (1, 5));
    world.set_share(of(Some(3)));
    assert_eq!((world.in_use(), world.waiting.len()), (3, 3));
    world.set_share(of(Some(1)));
    world.release(0);
    world.release(0);
    assert_eq!((world.in_use(), world.waiting.len()), (1, 3), "as many as it may have by now");
    world.set_share(of(None));
    assert_eq!((world.in_use(), world.waiting.len()), (4, 0));
}

#[derive(Debug, Clone)]
enum Step {
    Enter(usize, usize, u32),
    Release(usize),
    Leave(usize),
}

fn steps() -> impl Strategy<Value = Step> {
    let places = prop_oneof![2 => Just(1), 1 => 1..=8_u32];
    prop_oneof![
        5 => (0..3_usize, 0..3_usize, places).prop_map(|(e, t, p)| Step::Enter(e, t, p)),
        5 => any::<usize>().prop_map(Step::Release),
        1 => any::<usize>().prop_map(Step::Leave),
    ]
}

proptest! {
    /// Counted from outside: from the moment a call was first passed over, all that goes ahead.
    #[test]
    fn no_call_is_ever_overtaken_by_more_than_the_cap(
        steps in prop::collection::vec(steps(), 1..300),
    ) {
        let mut world = World::new(10, &[(1, 0), (4, 0), (2, 0)], 1_000);
        let mut went_ahead: HashMap<u64, u32> = HashMap::new();
        for step in steps {
            let passed: Vec<u64> = world.gate.overtaken.iter().map(|t| t.number).collect();
            let admitted: Vec<u64> = world.admitted.iter().map(|ticket| ticket.number).collect();
            match step {
                Step::Enter(e, t, p) => drop(world.enter(ask(e, t, p))),
                Step::Release(n) if !admitted.is_empty() => world.release(n % admitted.len()),
                Step::Leave(n) if !world.waiting.is_empty() => {
                    world.leave(n % world.waiting.len());
                }
                _ => {}
            }
            let new = world.admitted.iter().filter(|ticket| !admitted.contains(&ticket.number));
            for (place, number) in passed.iter().enumerate() {
                let Some(waiting) = world.waiting.iter().find(|other| other.number == *number)
                else {
                    continue;
                };
                // Those that were passed over before it have an earlier turn.
                let later = new.clone().filter(|other| !passed[..place].contains(&other.number));
                let sum = went_ahead.entry(*number).or_default();
                *sum += later.map(|ticket| ticket.places).sum::<u32>();
                prop_assert!(*sum <= 10, "{} places overtook {waiting:?}", *sum);
            }
        }
    }
}
