//! What hangs on the token and not on its secret.

use super::{GENERATE, grace, picture, rotate};
use crate::support::{Client, TestApp};
use ideogate::{
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken, RotationRequest},
};
use serde_json::json;
use std::time::Duration;

fn token() -> NewToken {
    NewToken {
        environment: "app".to_owned(),
        name: "poster-bot".to_owned(),
        scopes: vec!["read:*".to_owned(), "write:*".to_owned()],
        limits: AskedLimits {
            daily_budget: Asked::Is("0.18".to_owned()),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    }
}

#[tokio::test]
async fn both_secrets_spend_one_budget() {
    let app = TestApp::spawn().await;
    let old = app.client_of(token()).await;
    assert_eq!(picture(&old).await.status, 200);
    let new = rotate(&app, &old, &RotationRequest::default()).await;
    assert_eq!(picture(&new).await.status, 200);
    assert_eq!(picture(&old).await.status, 200);
    assert_eq!(picture(&new).await.problem(), "402 budget_exceeded");
    assert_eq!(picture(&old).await.problem(), "402 budget_exceeded");
    assert_eq!(app.arrived(), 3);
    let usage = app.ask("/api/v1/usage?by=token").await;
    assert_eq!(usage.as_array().unwrap().len(), 1, "{usage}");
    assert_eq!((&usage[0]["key"], &usage[0]["calls"]), (&json!(old.id()), &json!(3)));
}

#[tokio::test]
async fn both_secrets_share_one_rate() {
    let app = TestApp::spawn().await;
    let limits = AskedLimits { rate: Asked::Is("2/min".to_owned()), ..AskedLimits::default() };
    let new = NewToken { limits, ..token() };
    let old = app.client_of(new).await;
    let new = rotate(&app, &old, &RotationRequest::default()).await;
    assert_eq!((picture(&old).await.status, picture(&new).await.status), (200, 200));
    assert_eq!(picture(&new).await.problem(), "429 rate_limited");
}

#[tokio::test]
async fn an_idempotency_key_means_the_same_call_with_either_secret() {
    let app = TestApp::spawn().await;
    let old = app.client().await;
    let body = json!({"prompt": "a heron"});
    let post = async |client: &Client| {
        let request = client.request("POST", GENERATE).header("Idempotency-Key", "order-7");
        client.send(request.json(&body)).await
    };
    let first = post(&old).await;
    let new = rotate(&app, &old, &grace("0s")).await;
    let second = post(&new).await;
    assert_eq!((second.status, &second.body), (200, &first.body));
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_recovered_and_a_generation_polled_with_the_new_secret() {
    let app = TestApp::spawn().await;
    let old = app.client().await;
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    assert_eq!(picture(&old).await.problem(), "502 outcome_unknown");
    let later = "/v2/image/generate/ideogram-4-5";
    let body = json!({"prompt": "a harbour", "quality": "medium", "async": true});
    let submitted = old.post(later, &body).await;
    let generation = submitted.json()["generation_id"].as_str().unwrap().to_owned();
    let new = rotate(&app, &old, &grace("0s")).await;
    assert_eq!(picture(&new).await.problem(), "502 outcome_unknown", "it is the same call");
    let polled = new.get(&format!("/v2/generations/{generation}")).await;
    assert_ne!(polled.status, 404, "{polled:?}");
    assert_eq!(app.arrived(), 3, "the picture, the harbour, the poll");
}

#[tokio::test]
async fn both_secrets_and_what_they_spent_outlive_a_crash() {
    let app = TestApp::spawn().await;
    let old = app.client_of(token()).await;
    let new = rotate(&app, &old, &RotationRequest::default()).await;
    let post = async |client: &Client, prompt: &str| {
        client.post(GENERATE, &json!({"prompt": prompt})).await
    };
    assert_eq!((post(&old, "one").await.status, post(&new, "two").await.status), (200, 200));
    let app = app.crash().await;
    let (old, new) = (old.at(app.url()), new.at(app.url()));
    assert_eq!(post(&old, "three").await.status, 200);
    assert_eq!(post(&new, "four").await.problem(), "402 budget_exceeded");
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(post(&old, "five").await.problem(), "401 token_invalid");
    assert_eq!(post(&new, "six").await.status, 200, "a new day");
}
