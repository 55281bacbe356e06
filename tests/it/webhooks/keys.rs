//! The vendor's keys: fetched without ours, seldom, and by one at a time.

use super::{
    JWKS, Parcel, key_fetches, receiving, seconds, still_pending, submitted, submitted_at,
};
use crate::support::{Client, KEY, TestApp, pass};
use ideogate::simulator::{Act, Script, WEBHOOK_USER};
use std::time::Duration;

fn forged(app: &TestApp, id: &str) -> Parcel {
    Parcel::of(app, id).with("x-ideogram-webhook-signature", &"0".repeat(128))
}

#[tokio::test]
async fn our_key_does_not_go_with_the_question_for_the_vendors() {
    let (app, _, id) = submitted().await;
    assert_eq!(Parcel::of(&app, &id).told(&app).await, "200 ended");
    let seen = app.ideogram.seen();
    let asked: Vec<_> = seen.calls.iter().filter(|call| call.path() == JWKS).collect();
    assert_eq!(asked.len(), 1);
    let head = String::from_utf8_lossy(&asked[0].head).to_lowercase();
    assert!(!head.contains(&KEY.to_lowercase()), "{head}");
    for name in ["api-key", "authorization", "cookie", "accept-encoding", "referer"] {
        assert!(asked[0].header(name).is_none(), "{name}: {head}");
    }
    assert!(head.starts_with("get /v1/.well-known/jwks.json http/1.1\r\n"), "{head}");
}

#[tokio::test]
async fn keys_are_kept_for_a_day_and_not_longer() {
    let app = receiving("").await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).on(&format!("POST {}", super::SUBMIT)).always());
    for (span, fetches) in [(0, 1), (23 * 3600, 1), (3600, 2)] {
        pass(Duration::from_secs(span)).await;
        let id = super::submit(&client).await;
        assert_eq!(Parcel::of(&app, &id).told(&app).await, "200 ended");
        assert_eq!(key_fetches(&app), fetches, "after {span} more seconds");
    }
}

#[tokio::test]
async fn many_deliveries_at_once_fetch_the_keys_once() {
    let app = receiving("").await;
    let (_, id) = submitted_at(&app).await;
    app.ideogram.script(
        Script::new(Act::Usual).on(&format!("GET {JWKS}")).delayed(Duration::from_millis(200)),
    );
    let parcel = Parcel::of(&app, &id);
    let told = futures_util::future::join_all((0..10).map(|_| parcel.told(&app))).await;
    assert_eq!(told.iter().filter(|told| *told == "200 ended").count(), 1, "{told:?}");
    assert_eq!(key_fetches(&app), 1);
}

#[tokio::test]
async fn a_new_key_counts_after_one_fetch_and_random_ones_cause_no_more() {
    let (app, client, id) = submitted().await;
    assert_eq!(Parcel::of(&app, &id).told(&app).await, "200 ended");
    app.ideogram.rotate_webhook_key();
    app.ideogram.script(Script::new(Act::Hold).on(&format!("POST {}", super::SUBMIT)));
    let next = super::submit(&client).await;
    // Just fetched: no other fetch for a while, whoever asks with whatever key.
    for number in 0..20 {
        let random = forged(&app, &next).with("x-ideogram-webhook-key-id", &format!("k{number}"));
        assert_eq!(random.told(&app).await, "403 webhook_rejected");
    }
    assert_eq!(key_fetches(&app), 1);
    assert_eq!(Parcel::of(&app, &next).told(&app).await, "403 webhook_rejected");
    still_pending_one(&app);
    pass(Duration::from_secs(31)).await;
    assert_eq!(Parcel::of(&app, &next).told(&app).await, "200 ended");
    assert_eq!(key_fetches(&app), 2);
}

fn still_pending_one(app: &TestApp) {
    assert_eq!(app.running.reader().pending_generations().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_that_was_rotated_out_counts_as_long_as_it_is_published() {
    let (app, _, id) = submitted().await;
    let old = Parcel::of(&app, &id);
    app.ideogram.rotate_webhook_key();
    assert_eq!(old.told(&app).await, "200 ended");
}

#[tokio::test]
async fn the_key_id_is_a_hint_and_every_key_is_tried() {
    let (app, _, id) = submitted().await;
    app.ideogram.rotate_webhook_key();
    let parcel = Parcel::of(&app, &id).with("x-ideogram-webhook-key-id", "simulator-1");
    assert_eq!(parcel.told(&app).await, "200 ended");
}

#[tokio::test]
async fn without_keys_nothing_counts_and_the_vendor_is_not_pestered() {
    let (app, _, id) = submitted().await;
    let on = format!("GET {JWKS}");
    app.ideogram.script(Script::new(Act::status(500)).on(&on).always());
    for _ in 0..5 {
        let reply = Parcel::of(&app, &id).post(&app).await;
        assert_eq!(reply.problem(), "502 upstream_unreachable");
        assert_eq!(reply.header("retry-after"), Some("30"));
    }
    assert_eq!(key_fetches(&app), 1, "cooled down after the failure");
    still_pending(&app).await;
    app.ideogram.reset();
    app.ideogram.script(Script::new(Act::Hold).on("GET /v1/generations/*"));
    pass(Duration::from_secs(31)).await;
    assert!(Parcel::of(&app, &id).told(&app).await.starts_with("200 "));
}

#[tokio::test]
async fn a_redirect_or_a_strange_document_gives_no_keys() {
    let (app, _, id) = submitted().await;
    let on = format!("GET {JWKS}");
    let elsewhere = format!("http://{}/elsewhere", app.ideogram_host());
    for act in [
        Act::redirect(302, &elsewhere),
        Act::json(200, "{}"),
        Act::json(200, r#"{"keys":[]}"#),
        Act::json(200, r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#),
        Act::page(200),
        Act::Huge { bytes: 70_000 },
        Act::ResetUnanswered,
    ] {
        app.ideogram.script(Script::new(act.clone()).on(&on));
        assert_eq!(Parcel::of(&app, &id).told(&app).await, "502 upstream_unreachable", "{act:?}");
        pass(Duration::from_secs(31)).await;
    }
    assert!(app.ideogram.seen().calls.iter().all(|call| call.path() != "/elsewhere"));
    still_pending(&app).await;
}

#[tokio::test]
async fn a_failed_refresh_leaves_the_keys_that_are_there() {
    let app = receiving("").await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold).on(&format!("POST {}", super::SUBMIT)).always());
    let document = Act::json(200, &published(&app).await).with("cache-control", "max-age=600");
    app.ideogram.script(Script::new(document).on(&format!("GET {JWKS}")));
    let id = super::submit(&client).await;
    assert_eq!(Parcel::of(&app, &id).told(&app).await, "200 ended");
    app.ideogram.script(Script::new(Act::status(500)).on(&format!("GET {JWKS}")).always());
    pass(Duration::from_secs(601)).await;
    let fetched = key_fetches(&app);
    let id = super::submit(&client).await;
    let parcel = Parcel::signed(&app, &id, WEBHOOK_USER, seconds(&app));
    assert_eq!(parcel.told(&app).await, "200 ended", "stale, and still its own");
    assert_eq!(key_fetches(&app), fetched + 1);
    pass(Duration::from_hours(24)).await;
    let id = super::submit(&client).await;
    assert_eq!(Parcel::of(&app, &id).told(&app).await, "502 upstream_unreachable", "too old");
}

/// Returns the document of keys as Ideogram publishes it.
async fn published(app: &TestApp) -> String {
    let vendor = Client::new(format!("http://{}", app.ideogram_host()), "");
    let document = vendor.send(vendor.bare("GET", JWKS)).await;
    String::from_utf8(document.body.to_vec()).unwrap()
}
