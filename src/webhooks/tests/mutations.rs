//! Whatever is changed about a true delivery, it is not accepted any more.

use super::house::{House, Parcel};
use proptest::prelude::*;
use tokio::runtime::Runtime;

/// One change to a delivery.
#[derive(Debug, Clone)]
enum Change {
    BodyByte(usize, u8),
    BodyCut(usize),
    BodyMore(Vec<u8>),
    HeaderByte(usize, usize, u8),
    HeaderText(usize, String),
    HeaderGone(usize),
    HeaderTwice(usize),
    HeadersSwapped(usize, usize),
    /// Characters moved over the border of two signed fields, which only a line break keeps apart.
    Moved(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<usize>(), 1..=255_u8).prop_map(|(at, by)| Change::BodyByte(at, by)),
        any::<usize>().prop_map(Change::BodyCut),
        prop::collection::vec(any::<u8>(), 1..8).prop_map(Change::BodyMore),
        (0..5_usize, any::<usize>(), 1..=255_u8)
            .prop_map(|(h, at, by)| Change::HeaderByte(h, at, by)),
        (0..5_usize, "[ -~]{0,140}").prop_map(|(h, text)| Change::HeaderText(h, text)),
        (0..5_usize).prop_map(Change::HeaderGone),
        (0..5_usize).prop_map(Change::HeaderTwice),
        (0..5_usize, 0..5_usize).prop_map(|(a, b)| Change::HeadersSwapped(a, b)),
        (1..4_usize).prop_map(Change::Moved),
    ]
}

/// Applies a change; `None` where there is nothing left to change.
fn changed(parcel: &Parcel, change: &Change) -> Option<Parcel> {
    let mut other = parcel.clone();
    match change {
        Change::BodyByte(at, by) => {
            let at = at % other.body.len().max(1);
            *other.body.get_mut(at)? ^= by;
        }
        Change::BodyCut(at) => other.body.truncate(at % other.body.len().max(1)),
        Change::BodyMore(more) => other.body.extend(more),
        Change::HeaderByte(header, at, by) => {
            let value = &mut other.headers.get_mut(*header)?.1;
            let at = at % value.len().max(1);
            *value.get_mut(at)? ^= by;
        }
        Change::HeaderText(header, text) => {
            other.headers.get_mut(*header)?.1 = text.clone().into_bytes();
        }
        Change::HeaderGone(header) => {
            other.headers.get(*header)?;
            other.headers.remove(*header);
        }
        Change::HeaderTwice(header) => {
            let again = other.headers.get(*header)?.clone();
            other.headers.push(again);
        }
        Change::HeadersSwapped(one, two) => {
            let (first, second) =
                (other.headers.get(*one)?.1.clone(), other.headers.get(*two)?.1.clone());
            (other.headers[*one].1, other.headers[*two].1) = (second, first);
        }
        Change::Moved(count) => {
            let from = &mut other.headers.get_mut(1)?.1;
            let moved: Vec<_> = from.drain(..(*count).min(from.len())).collect();
            other.headers[0].1.extend(moved);
        }
    }
    Some(other)
}

/// Returns all that counts of a delivery: neither the order of its headers, nor which key it names.
fn substance(parcel: &Parcel) -> (Vec<(String, Vec<u8>)>, Vec<u8>) {
    let mut headers = parcel.headers.clone();
    for (name, value) in &mut headers {
        if name.ends_with("key-id") && (1..=128).contains(&value.len()) {
            value.clear();
        }
    }
    headers.sort();
    (headers, parcel.body.clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_changed_delivery_is_never_accepted(changes in prop::collection::vec(change(), 1..3)) {
        let runtime = Runtime::new().unwrap();
        runtime.block_on(async {
            let house = House::new();
            let good = house.parcel();
            assert!(house.verify(&good).await.is_ok());
            let bad = changes.iter().try_fold(good, |parcel, change| changed(&parcel, change));
            // Two changes may undo each other.
            let is_other = |bad: &Parcel| substance(bad) != substance(&house.parcel());
            if let Some(bad) = bad.filter(is_other) {
                assert!(house.verify(&bad).await.is_err(), "{bad:?}");
            }
        });
    }
}
