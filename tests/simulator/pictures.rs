//! Links and what they lead to.

use crate::vendor::{V3, Vendor, body, ok};
use ideogate::{
    domain::{SteeredClock, Timestamp},
    simulator::SimulatorOptions,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

async fn link(vendor: &Vendor) -> String {
    let answer = body(ok(vendor.json(V3, &json!({"prompt": "a cat"})).await)).await;
    answer["data"][0]["url"].as_str().expect("a link").to_owned()
}

#[tokio::test]
async fn a_link_shows_a_picture_without_a_key_until_it_expires() {
    let clock = SteeredClock::at(Timestamp::from_micros(1_800_000_000_000_000));
    let options =
        SimulatorOptions { pace: 0.0, clock: Arc::new(clock.clone()), ..Default::default() };
    let vendor = Vendor::start_with(options).await;
    let link = link(&vendor).await;
    assert!(link.contains("?exp=1800086400&sig="), "{link}");
    let picture = ok(vendor.fetch(&link).await);
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert!(picture.bytes().await.expect("bytes").starts_with(b"\x89PNG"));
    clock.advance(Duration::from_hours(24));
    assert_eq!(vendor.fetch(&link).await.status(), 410);
}

#[tokio::test]
async fn a_changed_link_leads_nowhere() {
    let vendor = Vendor::start().await;
    let link = link(&vendor).await;
    let forged = format!("{}0", &link[..link.len() - 1]);
    let other = if forged == link { format!("{}1", &link[..link.len() - 1]) } else { forged };
    assert_eq!(vendor.fetch(&other).await.status(), 403);
    assert_eq!(vendor.fetch(link.split('?').next().expect("a path")).await.status(), 403);
    assert_eq!(vendor.fetch(&link.replace("/images/", "/images/00")).await.status(), 404);
}

#[tokio::test]
async fn pictures_are_answered_elsewhere_too() {
    let vendor = Vendor::start().await;
    let link = link(&vendor).await;
    let uri: http::Uri = link.parse().expect("a link");
    let pictures = vendor.simulator.pictures();
    let answer = pictures.answer(&http::Method::GET, uri.path(), uri.query()).await;
    assert_eq!((answer.status().as_u16(), answer.body().starts_with(b"\x89PNG")), (200, true));
    let answer = pictures.answer(&http::Method::POST, uri.path(), uri.query()).await;
    assert_eq!(answer.status().as_u16(), 405);
}
