//! Turns between flows, apart from any call.

use crate::admission::turns::{Turns, price};

fn order(turns: &Turns<char>) -> String {
    turns.order().collect()
}

/// Returns who gets the next turns when each takes one place.
fn serve(turns: &mut Turns<char>, weights: &[(char, u32)], times: usize) -> String {
    let mut served = String::new();
    for _ in 0..times {
        let next = turns.order().next().expect("someone waits");
        let weight = weights.iter().find(|(key, _)| *key == next).expect("a weight").1;
        turns.charge(next, price(1, weight));
        served.push(next);
    }
    served
}

#[test]
fn flows_alternate_by_weight() {
    let mut turns = Turns::default();
    turns.join('a');
    turns.join('b');
    assert_eq!(serve(&mut turns, &[('a', 1), ('b', 1)], 6), "ababab");
    let served = serve(&mut turns, &[('a', 1), ('b', 4)], 20);
    assert_eq!(served.matches('b').count(), 16, "{served}");
}

#[test]
fn a_flow_that_comes_back_has_no_credit() {
    let mut turns = Turns::default();
    turns.join('a');
    turns.join('b');
    turns.leave('b');
    serve(&mut turns, &[('a', 1)], 100);
    turns.join('b');
    assert_eq!(serve(&mut turns, &[('a', 1), ('b', 1)], 4), "baba");
}

#[test]
fn a_flow_that_was_served_ahead_waits_longer() {
    let mut turns = Turns::default();
    turns.join('a');
    turns.join('b');
    turns.charge('b', price(3, 1));
    turns.leave('b');
    turns.join('b');
    assert_eq!(serve(&mut turns, &[('a', 1), ('b', 1)], 6), "aaabab");
}

#[test]
fn when_nobody_waits_all_start_equal() {
    let mut turns = Turns::default();
    turns.join('a');
    turns.charge('a', price(100, 1));
    turns.leave('a');
    turns.forget_idle();
    assert!(!turns.remembers('a'));
    turns.join('a');
    turns.join('b');
    assert_eq!(serve(&mut turns, &[('a', 1), ('b', 1)], 4), "abab");
}

#[test]
fn a_debt_is_remembered_while_others_wait() {
    let mut turns = Turns::default();
    turns.join('a');
    turns.join('b');
    turns.charge('a', price(2, 1));
    turns.leave('a');
    turns.forget_idle();
    assert!(turns.remembers('a'));
    serve(&mut turns, &[('b', 1)], 3);
    turns.forget_idle();
    assert!(!turns.remembers('a'));
}

#[test]
fn a_turn_that_came_to_nothing_is_given_back() {
    let mut turns = Turns::default();
    turns.join('a');
    turns.join('b');
    turns.charge('a', price(5, 1));
    assert_eq!(order(&turns), "ba");
    turns.refund('a', price(5, 1));
    assert_eq!(turns.lead('a', 'b'), 0);
    assert_eq!(serve(&mut turns, &[('a', 1), ('b', 1)], 4), "baba");
}

#[test]
fn a_flow_that_cannot_use_its_turn_is_moved_up() {
    let mut turns = Turns::default();
    turns.join('a');
    turns.join('b');
    for _ in 0..10 {
        turns.charge('b', price(1, 1));
        turns.lift('a');
    }
    assert_eq!(turns.lead('b', 'a'), price(1, 1));
}
