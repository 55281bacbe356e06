//! Which key names what, and for how long.

use super::{GENERATE, KEY, assert_replayed, post, post_body, sealed};
use crate::support::{TestApp, eventually};
use reqwest::multipart::{Form, Part};
use std::time::Duration;

#[tokio::test]
async fn a_key_with_another_request_is_refused_and_nothing_is_sent() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let first = post(&client, KEY).await;
    let other = post_body(&client, KEY, r#"{"prompt":"a harbour"}"#).await;
    assert_eq!(other.problem(), "422 idempotency_key_reused");
    let request = client.request("POST", "/v1/ideogram-v3/remix").header("Idempotency-Key", KEY);
    let form = Form::new()
        .text("prompt", "a harbour")
        .part("image", Part::bytes(vec![0_u8; 64]).file_name("a.png"));
    let elsewhere = client.send(request.multipart(form)).await;
    assert_eq!(elsewhere.problem(), "422 idempotency_key_reused");
    assert_eq!(app.arrived(), 1);
    assert_replayed(&post(&client, KEY).await, &first);
}

#[tokio::test]
async fn the_same_key_of_two_tokens_is_two_keys() {
    let app = TestApp::spawn().await;
    let (one, two) = (app.client().await, app.client().await);
    let (first, second) = (post(&one, KEY).await, post(&two, KEY).await);
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(second.header("idempotent-replayed"), None);
    assert_ne!(first.body, second.body);
    assert_replayed(&post(&one, KEY).await, &first);
    assert_replayed(&post(&two, KEY).await, &second);
    assert_eq!(app.arrived(), 2);
}

#[tokio::test]
async fn a_form_is_the_same_request_whatever_its_boundary() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let mut replies = Vec::new();
    let mut boundaries = Vec::new();
    for _ in 0..2 {
        let form = Form::new().text("prompt", "a lighthouse").text("num_images", "1");
        boundaries.push(form.boundary().to_owned());
        let request = client.request("POST", GENERATE).header("Idempotency-Key", KEY);
        replies.push(client.send(request.multipart(form)).await);
    }
    assert_ne!(boundaries[0], boundaries[1]);
    assert_eq!(replies[0].status, 200, "{:?}", replies[0]);
    assert_replayed(&replies[1], &replies[0]);
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_key_is_kept_for_a_day() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let first = post(&client, KEY).await;
    app.clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert_replayed(&post(&client, KEY).await, &first);
    assert_eq!(sealed(&app).len(), 1);
    app.clock.advance(Duration::from_secs(2));
    eventually("the answer is deleted", || sealed(&app).is_empty()).await;
    let app = app.restart().await;
    let client = client.at(app.url());
    let next = post(&client, KEY).await;
    assert_eq!((next.status, next.header("idempotent-replayed")), (200, None));
    assert_ne!(next.body, first.body);
    assert_eq!(app.arrived(), 2);
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_named_and_nothing_is_sent() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for key in ["", "two words", &"k".repeat(256), "caf\u{e9}"] {
        let reply = post(&client, key).await;
        assert_eq!(reply.problem(), "400 malformed_request", "{key}");
        assert!(reply.json()["message"].as_str().unwrap().contains("Idempotency-Key"));
    }
    let request = client.request("POST", GENERATE).json(&serde_json::json!({"prompt": "x"}));
    let request = request.header("Idempotency-Key", "one").header("Idempotency-Key", "two");
    assert_eq!(client.send(request).await.problem(), "400 ambiguous_request");
    assert_eq!(app.arrived(), 0);
    assert_eq!(post(&client, &"k".repeat(255)).await.status, 200);
}

#[tokio::test]
async fn reading_does_not_mind_a_key() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for key in [KEY, KEY, "two words"] {
        let reply = client.send(client.request("GET", "/models").header("Idempotency-Key", key));
        let reply = reply.await;
        assert_eq!((reply.status, reply.header("idempotent-replayed")), (200, None), "{reply:?}");
    }
    assert!(sealed(&app).is_empty());
}
