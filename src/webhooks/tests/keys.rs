//! Which keys count, and how often they are asked for.

use super::house::{House, Parcel, entry};
use crate::webhooks::{DeliveryRejection, Scheme, jwks};
use aws_lc_rs::signature::Ed25519KeyPair;
use serde_json::{Value, json};
use std::time::Duration;

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::generate().unwrap()
}

/// Returns how many usable keys a set of these entries has.
fn usable(entries: &[Value]) -> usize {
    let document = json!({"keys": entries}).to_string();
    jwks::keys(document.as_bytes()).map_or(0, |keys| keys.len())
}

#[test]
fn only_signing_keys_of_the_one_curve_count_and_each_once() {
    let good = entry(&pair(), "one");
    let changed = |field: &str, value: Value| {
        let mut other = good.clone();
        other[field] = value;
        other
    };
    let mut bare = good.clone();
    for field in ["use", "alg", "kid"] {
        bare.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(usable(&[bare]), 1);
    assert_eq!(usable(&[good.clone(), changed("kid", json!("two"))]), 1, "the same key twice");
    assert_eq!(usable(&[good.clone(), entry(&pair(), "one")]), 2, "one name for two keys");
    let odd = [
        changed("kty", json!("RSA")),
        changed("crv", json!("X25519")),
        changed("use", json!("enc")),
        changed("alg", json!("none")),
        changed("key_ops", json!(["sign"])),
        changed("d", json!("c2VjcmV0")),
        changed("x", json!("AQAB")),
        changed("x", json!(7)),
        changed("x", json!(format!("{}=", good["x"].as_str().unwrap()))),
        json!("not an object"),
        json!(null),
    ];
    for bad in &odd {
        assert_eq!(usable(std::slice::from_ref(bad)), 0, "{bad}");
        assert_eq!(usable(&[bad.clone(), good.clone()]), 1, "an odd one spoils no other");
    }
    for document in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]}"#] {
        assert!(jwks::keys(document.as_bytes()).is_none(), "{document}");
    }
    let many: Vec<_> = (0..40).map(|_| entry(&pair(), "k")).collect();
    assert_eq!(usable(&many), 32);
}

#[tokio::test]
async fn any_key_of_the_set_counts_whatever_the_delivery_calls_it() {
    let house = House::new();
    let other = pair();
    house.publish(Some(json!({"keys": [entry(&house.pair, "one"), entry(&other, "two")]})));
    for (pair, name) in [(&house.pair, "one"), (&other, "two")] {
        let body = br#"{"generation_id":"g-1_A"}"#;
        for named in ["one", "two", "three"] {
            let verified = house.verify(&Parcel::signed(pair, body).named(named)).await.unwrap();
            assert_eq!(*verified.scheme(), Scheme::Ed25519 { key: name.into() });
        }
    }
    assert_eq!(house.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_signature_that_fits_no_key_asks_once_in_a_while() {
    let house = House::new();
    let stranger = pair();
    let forged = || Parcel::signed(&stranger, b"{}");
    for _ in 0..100 {
        assert!(matches!(house.verify(&forged()).await, Err(DeliveryRejection::Signature)));
    }
    assert_eq!(house.asked(), 1);
    tokio::time::advance(Duration::from_secs(30)).await;
    for _ in 0..100 {
        house.verify(&forged()).await.unwrap_err();
    }
    assert_eq!(house.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn those_who_ask_at_once_share_one_answer_even_if_the_first_leaves() {
    let house = House::new();
    let parcel = house.parcel();
    {
        let first = house.verify(&parcel);
        let mut first = std::pin::pin!(first);
        assert!(futures_util::poll!(first.as_mut()).is_pending());
    }
    let all = (0..10).map(|_| house.verify(&parcel));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(house.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_set_is_kept_as_its_sender_says_within_bounds() {
    for (says, kept) in [(0, 300), (600, 600), (7 * 24 * 3600, 24 * 3600)] {
        let house = House::keeping(Some(Duration::from_secs(says)));
        house.verify(&house.parcel()).await.unwrap();
        tokio::time::advance(Duration::from_secs(kept - 1)).await;
        house.verify(&house.parcel()).await.unwrap();
        assert_eq!(house.asked(), 1, "{says}");
        tokio::time::advance(Duration::from_secs(1)).await;
        house.verify(&house.parcel()).await.unwrap();
        assert_eq!(house.asked(), 2, "{says}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_is_down_leaves_the_old_set_for_a_day() {
    let house = House::keeping(Some(Duration::from_mins(10)));
    house.verify(&house.parcel()).await.unwrap();
    house.publish(None);
    tokio::time::advance(Duration::from_mins(11)).await;
    house.verify(&house.parcel()).await.unwrap();
    tokio::time::advance(Duration::from_hours(24)).await;
    assert!(matches!(house.verify(&house.parcel()).await, Err(DeliveryRejection::NoKeys(_))));
    assert_eq!(house.asked(), 3);
    assert!(matches!(house.verify(&house.parcel()).await, Err(DeliveryRejection::NoKeys(_))));
    assert_eq!(house.asked(), 3, "it is not asked again at once");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_taken_out_does_not_count_after_the_next_fetch() {
    let house = House::new();
    let old = house.parcel();
    house.verify(&old).await.unwrap();
    let next = pair();
    house.publish(Some(json!({"keys": [entry(&next, "two")]})));
    tokio::time::advance(Duration::from_secs(30)).await;
    house.verify(&Parcel::signed(&next, b"{}")).await.unwrap();
    assert!(matches!(house.verify(&old).await, Err(DeliveryRejection::Signature)));
}
