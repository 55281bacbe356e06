//! The happy path: a delivery frees the places, settles the money, and only then is acknowledged.

use super::{PATH, Parcel, RECEIVE, SUBMIT, reason, receiving, submit, submitted};
use crate::support::{Client, Home, eventually};
use ideogate::{
    domain::RecordBody,
    simulator::{Act, Delivers, Script, SimulatorOptions, WEBHOOK_USER},
    store::RecordQuery,
};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_delivery_frees_the_place_and_settles_before_it_is_acknowledged() {
    let (app, client, id) = submitted().await;
    let before = app.arrived();
    assert_eq!(Parcel::of(&app, &id).told(&app).await, "200 ended");
    // Nothing here waits: all of it was so when the answer came.
    assert_eq!(app.places(), (0, 0, 0));
    assert_eq!(reason(&app).as_deref(), Some("generation completed, as a webhook told"));
    let entry = app.sent_entries().pop().unwrap();
    assert_eq!(entry.metadata.outcome.as_str(), "success");
    assert_eq!(entry.metadata.more.images, Some(1));
    assert!(entry.metadata.cost_usd.is_some_and(|cost| cost.as_micros() > 0), "{entry:?}");
    assert!(app.running.reader().pending_generations().unwrap().is_empty());
    // One fetch of the keys, and no poll was needed.
    assert_eq!(app.arrived(), before + 1);
    app.ideogram.release();
    let reply = client.get(&format!("/v1/generations/{id}")).await;
    assert_eq!(reply.status, 200, "clients poll as ever");
}

#[tokio::test]
async fn the_record_says_by_which_word_it_ended_and_holds_no_picture() {
    let (app, _, id) = submitted().await;
    Parcel::of(&app, &id).told(&app).await;
    let entries = app.all_entries();
    let told = entries.iter().find(|entry| &*entry.action == "webhook.received").unwrap();
    let after = told.metadata.more.after.as_ref().unwrap();
    assert_eq!((&*told.resource, told.user_id.to_string()), (&*id, "gateway".to_owned()));
    assert_eq!(after["scheme"], "ed25519");
    assert_eq!(after["key_id"], "simulator-1");
    assert_eq!(after["user_id"], WEBHOOK_USER);
    assert_eq!(after["client_addr"], "127.0.0.1");
    let pinned = entries.iter().find(|entry| &*entry.action == "account.webhook_user").unwrap();
    assert_eq!(pinned.metadata.more.after, Some(json!({"user_id": WEBHOOK_USER})));
    for record in app.running.reader().records(&RecordQuery::default()).unwrap() {
        let text = String::from_utf8_lossy(&record.bytes).into_owned();
        assert!(!text.contains("secret.png") && !text.contains("lighthouse"), "{text}");
    }
}

#[tokio::test]
async fn the_simulator_delivers_and_the_gateway_believes_it() {
    let app = receiving("").await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).on(&format!("POST {SUBMIT}")));
    let id = submit(&client).await;
    app.ideogram.release();
    let seen = app.ideogram.seen_when(|seen| seen.deliveries.iter().any(|one| one.is_over)).await;
    assert_eq!(seen.deliveries.len(), 1);
    assert_eq!((&*seen.deliveries[0].generation, seen.deliveries[0].status), (&*id, Some(200)));
    assert_eq!(seen.deliveries[0].address, format!("{}{PATH}", app.url()));
    assert_eq!(app.places(), (0, 0, 0));
    assert_eq!(app.ideogram.billed_images(), 1);
}

#[tokio::test]
async fn the_money_is_charged_once_and_a_failure_costs_nothing() {
    let app = receiving("").await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).on(&format!("POST {SUBMIT}")).always());
    let mut costs = Vec::new();
    for extra in [json!({"data": []}), json!({"status": "failed"})] {
        let id = submit(&client).await;
        let mut body = json!({"generation_id": id, "created": app.now().to_string()});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let body = body.to_string().into_bytes();
        let parcel = Parcel::with_body(&app, &id, WEBHOOK_USER, super::seconds(&app), body);
        assert_eq!(parcel.told(&app).await, "200 ended");
        assert_eq!(app.places(), (0, 0, 0));
        let entry = app.sent_entries().pop().unwrap();
        costs.push((entry.metadata.outcome.as_str(), entry.metadata.cost_usd.unwrap().as_micros()));
    }
    assert_eq!(costs, [("success", 60_000), ("failed", 0)]);
    let settled = app.running.reader().records(&RecordQuery::default()).unwrap();
    let ends = settled.iter().filter(|sealed| match &sealed.record.body {
        RecordBody::Outcome(_) => &*sealed.record.action == "ideogram.generation",
        _ => false,
    });
    assert_eq!(ends.count(), 2, "each ended once");
}

#[tokio::test]
async fn a_delivery_that_does_not_say_how_it_ended_is_asked_about() {
    let (app, _, id) = submitted().await;
    let parcel = || {
        let body = json!({"generation_id": id}).to_string().into_bytes();
        Parcel::with_body(&app, &id, WEBHOOK_USER, super::seconds(&app), body)
    };
    assert_eq!(parcel().told(&app).await, "400 malformed_request");
    super::still_pending(&app).await;
    app.ideogram.release();
    // The stand-in's own delivery and our poll may come first; either way it is ended once.
    eventually("it ends", || app.places() == (0, 0, 0)).await;
    assert!(parcel().told(&app).await.starts_with("200 "));
}

#[tokio::test]
async fn metrics_count_what_became_of_deliveries() {
    let (app, _, id) = submitted().await;
    Parcel::of(&app, &id).with("x-ideogram-webhook-user-id", "nobody").told(&app).await;
    Parcel::of(&app, &id).told(&app).await;
    let metrics = Client::new(format!("http://{}", app.running.admin()), "");
    let text = metrics.send(metrics.bare("GET", "/metrics")).await;
    let text = String::from_utf8(text.body.to_vec()).unwrap();
    for line in [
        "ideogate_webhooks_total{result=\"signature\"} 1",
        "ideogate_webhooks_total{result=\"ended\"} 1",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[tokio::test]
async fn the_real_binary_receives_and_verifies_its_record() {
    let options =
        SimulatorOptions { pace: 0.0, webhooks: Delivers::Loopback, ..SimulatorOptions::default() };
    let home = Home::with(RECEIVE, options).await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    submit(&client).await;
    let seen = home.ideogram.seen_when(|seen| seen.deliveries.iter().any(|one| one.is_over));
    let seen = tokio::time::timeout(Duration::from_secs(20), seen).await.unwrap();
    assert_eq!(seen.deliveries[0].status, Some(200), "{}", gateway.log());
    assert_eq!(home.queue().await["in_use"], 0);
    let log = gateway.log();
    assert!(!log.contains("/images/"), "a link is in the log: {log}");
    gateway.stop().await;
    home.verify().await;
}
