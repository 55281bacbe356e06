//! A generation ends once, whatever is sent again and whenever.

use super::{Parcel, submitted};
use crate::support::{TestApp, eventually};
use ideogate::{domain::RecordBody, store::RecordQuery};
use std::time::Duration;

/// Returns how many ends of generations are on record, and deliveries.
fn ends(app: &TestApp) -> (usize, usize) {
    let records = app.running.reader().records(&RecordQuery::default()).unwrap();
    let count = |action: &str| records.iter().filter(|one| &*one.record.action == action).count();
    let outcomes = records.iter().filter(|one| {
        &*one.record.action == "ideogram.generation"
            && matches!(one.record.body, RecordBody::Outcome(_))
    });
    (outcomes.count(), count("webhook.received"))
}

#[tokio::test]
async fn the_same_delivery_again_is_acknowledged_and_changes_nothing() {
    let (app, _, id) = submitted().await;
    let parcel = Parcel::of(&app, &id);
    assert_eq!(parcel.told(&app).await, "200 ended");
    for _ in 0..3 {
        assert_eq!(parcel.told(&app).await, "200 no_effect");
    }
    assert_eq!((ends(&app), app.places()), ((1, 1), (0, 0, 0)));
}

#[tokio::test]
async fn a_replay_after_a_restart_or_a_crash_changes_nothing() {
    let (app, _, id) = submitted().await;
    let parcel = Parcel::of(&app, &id);
    assert_eq!(parcel.told(&app).await, "200 ended");
    let app = app.restart().await;
    assert_eq!(parcel.told(&app).await, "200 no_effect");
    let app = app.crash().await;
    assert_eq!(parcel.told(&app).await, "200 no_effect");
    assert_eq!((ends(&app), app.places()), ((1, 1), (0, 0, 0)));
    app.clock.advance(Duration::from_secs(301));
    assert_eq!(parcel.told(&app).await, "403 webhook_rejected", "an old one is refused");
}

#[tokio::test]
async fn a_delivery_signed_anew_for_an_ended_generation_changes_nothing() {
    let (app, _, id) = submitted().await;
    assert_eq!(Parcel::of(&app, &id).told(&app).await, "200 ended");
    let later = Parcel::signed(&app, &id, super::WEBHOOK_USER, super::seconds(&app) + 2);
    assert_eq!(later.told(&app).await, "200 no_effect");
    assert_eq!(ends(&app), (1, 1));
}

#[tokio::test]
async fn many_at_once_end_it_once() {
    let (app, _, id) = submitted().await;
    let parcels = (0..8).map(|late| {
        Parcel::signed(&app, &id, super::WEBHOOK_USER, super::seconds(&app) + late % 3)
    });
    let parcels: Vec<_> = parcels.collect();
    let told = futures_util::future::join_all(parcels.iter().map(|one| one.told(&app))).await;
    assert_eq!(told.iter().filter(|told| *told == "200 ended").count(), 1, "{told:?}");
    assert!(told.iter().all(|told| told.starts_with("200 ")), "{told:?}");
    assert_eq!((ends(&app), app.places()), ((1, 1), (0, 0, 0)));
}

#[tokio::test]
async fn a_poll_and_a_delivery_end_it_once() {
    let (app, client, id) = submitted().await;
    app.ideogram.release();
    let path = format!("/v1/generations/{id}");
    let parcel = Parcel::of(&app, &id);
    let (polled, told) = tokio::join!(client.get(&path), parcel.told(&app));
    assert_eq!(polled.status, 200);
    assert!(told.starts_with("200 "), "{told}");
    eventually("it is on record", || ends(&app).0 > 0).await;
    assert_eq!((ends(&app).0, app.places()), (1, (0, 0, 0)));
}

#[tokio::test]
async fn what_a_client_saw_end_is_not_ended_again() {
    let (app, client, id) = submitted().await;
    app.ideogram.script(
        ideogate::simulator::Script::new(ideogate::simulator::Act::json(
            200,
            &format!(r#"{{"generation_id":"{id}","status":"completed","data":[]}}"#),
        ))
        .on("GET /v1/generations/*"),
    );
    assert_eq!(client.get(&format!("/v1/generations/{id}")).await.status, 200);
    eventually("it is on record", || ends(&app).0 == 1).await;
    assert_eq!(Parcel::of(&app, &id).told(&app).await, "200 no_effect");
    assert_eq!(ends(&app), (1, 0));
}
