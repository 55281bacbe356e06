//! Shares over long runs in which everybody always wants more.

use super::crowd::{Crowd, Group, Served, clients};
use std::time::Duration;

const LONG: Duration = Duration::from_mins(1);

fn places(served: &[Served]) -> Vec<f64> {
    served.iter().map(|served| f64::from(served.places)).collect()
}

/// Jain's index: 1 when all shares are equal, 1/n when one takes all.
fn jain(shares: &[f64]) -> f64 {
    let sum: f64 = shares.iter().sum();
    let squares: f64 = shares.iter().map(|share| share * share).sum();
    let count: f64 = shares.iter().map(|_| 1.0).sum();
    sum * sum / (count * squares)
}

fn is_near(value: f64, goal: f64) -> bool {
    (value / goal - 1.0).abs() <= 0.1
}

#[test]
fn the_index_tells_equal_from_unequal_shares() {
    assert!(jain(&[5.0, 5.0, 5.0]) > 0.999);
    assert!(jain(&[9.0, 1.0]) < 0.7);
}

#[test]
fn equal_environments_get_equal_shares_whatever_their_number_of_clients() {
    let groups: Vec<_> =
        [5, 20, 60, 115].into_iter().zip(0..).map(|(n, e)| clients(e, n)).collect();
    let shares = places(&Crowd::new(&[1, 1, 1, 1], &groups).run(LONG));
    assert!(jain(&shares) >= 0.98, "{shares:?}");
}

#[test]
fn equal_tokens_of_one_environment_get_equal_shares() {
    let groups = [clients(0, 5), clients(0, 10), clients(0, 80)];
    let shares = places(&Crowd::new(&[1], &groups).run(LONG));
    assert!(jain(&shares) >= 0.98, "{shares:?}");
}

#[test]
fn weights_of_four_to_one_give_shares_of_four_to_one() {
    let shares = places(&Crowd::new(&[4, 1], &[clients(0, 50), clients(1, 50)]).run(LONG));
    assert!(is_near(shares[0] / shares[1], 4.0), "{shares:?}");
}

#[test]
fn shares_are_counted_in_places_and_gathering_costs_little() {
    for places_each in 2..=8 {
        let heavy = Group { places: places_each, ..clients(0, 20) };
        let shares = places(&Crowd::new(&[1, 1], &[heavy, clients(1, 20)]).uneven().run(LONG));
        assert!(is_near(shares[0] / shares[1], 1.0), "{places_each}: {shares:?}");
        let ideal = 50.0 * LONG.as_secs_f64();
        assert!(shares.iter().sum::<f64>() >= 0.95 * ideal, "{places_each}: {shares:?}");
    }
}

#[test]
fn ten_of_two_hundred_clients_get_half_and_wait_briefly() {
    let served = Crowd::new(&[1, 1], &[clients(0, 190), clients(1, 10)]).run(LONG);
    let shares = places(&served);
    assert!(shares[1] / (shares[0] + shares[1]) >= 0.49, "{shares:?}");
    let mut waits = served[1].waits.clone();
    waits.sort();
    assert!(waits[waits.len() * 99 / 100] <= Duration::from_millis(450));
}

#[test]
fn ten_places_of_a_fifth_of_a_second_serve_fifty_calls_a_second() {
    let served = Crowd::new(&[1, 1], &[clients(0, 190), clients(1, 10)]).run(LONG);
    let a_second = places(&served).iter().sum::<f64>() / LONG.as_secs_f64();
    assert!(a_second >= 49.5, "{a_second}");
}

#[test]
fn an_environment_that_was_away_has_saved_nothing_up() {
    let late = Group { from: Duration::from_secs(100), ..clients(1, 100) };
    let crowd = Crowd::new(&[1, 1], &[clients(0, 100), late]);
    let served = crowd.counted_from(Duration::from_secs(101)).run(Duration::from_secs(111));
    let shares = places(&served);
    assert!(is_near(shares[0] / shares[1], 1.0), "{shares:?}");
}
