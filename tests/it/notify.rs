//! Somebody is told what needs them: signed, once, and in nobody's way.

mod kinds;

use crate::support::{
    Client, ReceivedMessage, Receiver, Receives, TestApp, TestSettings, eventually,
    sweep::{Kind, canary},
};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use std::time::{Duration, Instant};

const GENERATE: &str = "/v1/ideogram-v3/generate";
const SECRET: &str = "dG9sZCBvbmx5IHRvIHRob3NlIHdobyBhcmUgdG9sZA==";

/// A gateway that tells somebody, with these settings on top.
async fn telling(url: &str, toml: &str) -> TestApp {
    canary(Kind::WebhookSecret, SECRET);
    TestApp::with(TestSettings {
        toml: format!("[notify]\nurl = \"{url}\"\n{toml}"),
        variables: vec![("IDEOGATE_NOTIFY_SECRET".to_owned(), format!("whsec_{SECRET}"))],
        ..TestSettings::default()
    })
    .await
}

/// A budget that one call uses up to 85 percent.
const ONE_CALL: &str = "[environments.app]\ndaily_budget = \"0.035\"\n";

async fn spend(client: &Client) {
    let body = json!({"prompt": "a lighthouse", "rendering_speed": "TURBO"});
    assert_eq!(client.post(GENERATE, &body).await.status, 200);
}

fn assert_signed(message: &ReceivedMessage) {
    let (id, at) = (message.header("webhook-id"), message.header("webhook-timestamp"));
    let signed = [id.as_bytes(), b".", at.as_bytes(), b".", &message.body].concat();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(SECRET).unwrap());
    let tag = STANDARD.encode(hmac::sign(&key, &signed));
    assert_eq!(message.header("webhook-signature"), format!("v1,{tag}"));
}

#[tokio::test]
async fn a_notification_is_signed_as_standard_webhooks_say() {
    let receiver = Receiver::new(Receives::Status(200)).await;
    let app = telling(&receiver.url, ONE_CALL).await;
    spend(&app.client().await).await;
    let told = receiver.first("budget.threshold").await;
    assert_signed(&told);
    assert_eq!(told.header("content-type"), "application/json");
    assert!(told.header("user-agent").starts_with("ideogate/"));
    let at: i64 = told.header("webhook-timestamp").parse().unwrap();
    assert_eq!(at, app.now().as_micros() / 1_000_000);
    let json = told.json();
    assert_eq!(json["timestamp"], app.now().to_string());
    let text = std::str::from_utf8(&told.body).unwrap();
    let places = ["\"type\"", "\"timestamp\"", "\"data\""].map(|name| text.find(name).unwrap());
    assert!(places.is_sorted(), "{text}");
    let data = &json["data"];
    assert_eq!((&data["subject"], &data["environment"]), (&json!("environment"), &json!("app")));
    assert_eq!((&data["percent"], &data["period"]), (&json!(80), &json!("day")));
    assert_eq!((&data["limit_usd"], &data["spent_usd"]), (&json!("0.035"), &json!("0.03")));
    assert!(data.get("token_id").is_none() && !text.contains("null"), "{text}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Receiver::new(Receives::Status(200)).await;
    for status in [302, 307, 308] {
        let receiver = Receiver::new(Receives::Redirect(status, elsewhere.url.clone())).await;
        let app = telling(&receiver.url, ONE_CALL).await;
        spend(&app.client().await).await;
        receiver.first("budget.threshold").await;
        let failed =
            "ideogate_notifications_total{type=\"budget.threshold\",result=\"failed\"} 1\n";
        eventually("it counts as failed", || app.running.metrics().render().contains(failed)).await;
        assert!(elsewhere.of("budget.threshold").is_empty(), "{status} was followed");
    }
}

#[tokio::test]
async fn calls_go_on_at_their_pace_and_so_does_the_end_while_the_receiver_hangs() {
    let receiver = Receiver::new(Receives::Hangs).await;
    let app = telling(&receiver.url, ONE_CALL).await;
    let client = app.client().await;
    spend(&client).await;
    receiver.first("budget.threshold").await;
    // Beyond the budget: each of them tells nobody anything new, and all are answered at once.
    let started = Instant::now();
    for _ in 0..50 {
        assert_eq!(client.get("/_ideogate/whoami").await.status, 200);
        let body = json!({"prompt": "too dear", "rendering_speed": "TURBO"});
        assert_eq!(client.post(GENERATE, &body).await.problem(), "402 budget_exceeded");
    }
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    let started = Instant::now();
    let _app = app.restart().await;
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_threshold_is_told_once_a_day_whatever_is_restarted() {
    let receiver = Receiver::new(Receives::Status(200)).await;
    let app = telling(&receiver.url, ONE_CALL).await;
    spend(&app.client().await).await;
    receiver.first("budget.threshold").await;
    let delivered = |app: &TestApp| {
        let line =
            "ideogate_notifications_total{type=\"budget.threshold\",result=\"delivered\"} 1\n";
        app.running.metrics().render().contains(line)
    };
    eventually("it is delivered", || delivered(&app)).await;
    let app = app.restart().await;
    app.running.journal().flush().await.unwrap();
    let app = app.crash().await;
    // What comes behind it was told, so it was looked at.
    let client = app.client().await;
    assert_eq!(client.get("/_ideogate/whoami").await.status, 200);
    assert_eq!(receiver.of("budget.threshold").len(), 1);
    app.clock.advance(Duration::from_hours(24));
    spend(&client).await;
    eventually("the next day", || receiver.of("budget.threshold").len() == 2).await;
}

#[tokio::test]
async fn what_was_not_delivered_before_a_crash_is_told_after_it_under_the_same_id() {
    let receiver = Receiver::new(Receives::Status(500)).await;
    let app = telling(&receiver.url, ONE_CALL).await;
    spend(&app.client().await).await;
    let first = receiver.first("budget.threshold").await;
    receiver.becomes(Receives::Status(200));
    let app = app.crash().await;
    eventually("it is told again", || receiver.of("budget.threshold").len() > 1).await;
    let again = receiver.of("budget.threshold").pop().unwrap();
    assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
    drop(app);
}
