//! Tokens that are not, not yet or no longer any good.

use super::GENERATE;
use crate::support::{Client, Reply, TestApp};
use ideogate::{
    domain::{Principal, TokenState},
    tokens::{NewToken, PlainToken},
};
use serde_json::{Value, json};
use std::time::Duration;

async fn call(client: &Client) -> Reply {
    client.post(GENERATE, &json!({"prompt": "a heron"})).await
}

async fn set(app: &TestApp, client: &Client, state: TokenState) {
    app.running.tokens().set_state(client.id(), state, &Principal::LocalUser(0)).await.unwrap();
}

/// Returns what a client is told, but for the name of its request and the time it took.
fn told(reply: &Reply) -> (Value, Vec<(String, String)>) {
    let mut json = reply.json();
    json["request_id"] = Value::Null;
    let changing = ["ideogate-request-id", "server-timing", "date"];
    let headers = reply.headers.iter().filter(|(name, _)| !changing.contains(&name.as_str()));
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    (json, headers.map(|(name, value)| (name.to_string(), text(value))).collect())
}

async fn mistyped(app: &TestApp) -> Client {
    let good = app.client().await.token;
    let last = if good.ends_with('A') { 'B' } else { 'A' };
    Client::new(app.url(), &format!("{}{last}", &good[..good.len() - 1]))
}

#[tokio::test]
async fn tokens_that_are_no_good_read_alike_outside_and_apart_in_the_audit() {
    let app = TestApp::spawn().await;
    let unknown = PlainToken::mint(&"app".parse().unwrap()).unwrap();
    let expiring = NewToken {
        environment: "app".to_owned(),
        name: "short".to_owned(),
        scopes: vec!["write:*".to_owned()],
        expires_in: Some("1h".to_owned()),
        ..NewToken::default()
    };
    let expired = app.client_of(expiring).await;
    let (disabled, revoked) = (app.client().await, app.client().await);
    set(&app, &disabled, TokenState::Disabled).await;
    set(&app, &revoked, TokenState::Revoked).await;
    app.clock.advance(Duration::from_hours(1));
    let clients = [
        mistyped(&app).await,
        Client::new(app.url(), unknown.reveal()),
        expired.clone(),
        disabled.clone(),
        revoked,
    ];
    let mut answers = Vec::new();
    for client in &clients {
        let reply = call(client).await;
        assert_eq!(reply.problem(), "401 token_invalid");
        let challenge = reply.header("www-authenticate").unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        answers.push(told(&reply));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    assert_eq!(app.arrived(), 0);
    let entries = app.entries().await;
    let reasons: Vec<_> =
        entries.iter().map(|entry| entry.metadata.more.reason.as_deref().unwrap()).collect();
    let expected =
        ["token malformed", "token unknown", "token expired", "token disabled", "token revoked"];
    assert_eq!(reasons, expected);
    assert_eq!(entries[1].user_id.to_string(), "address:127.0.0.1");
    assert_eq!(entries[2].metadata.token_id.as_ref(), expired.id.as_ref());
    assert_eq!(entries[3].user_id, Principal::Token(disabled.id().clone()));
}

#[tokio::test]
async fn a_token_lives_until_its_last_second() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.clock.advance(Duration::from_hours(90 * 24) - Duration::from_secs(1));
    assert_eq!(call(&client).await.status, 200);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(call(&client).await.problem(), "401 token_invalid");
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_disabled_token_works_again_once_enabled_and_a_revoked_one_never() {
    let app = TestApp::spawn().await;
    let (client, other) = (app.client().await, app.client().await);
    set(&app, &client, TokenState::Disabled).await;
    assert_eq!(call(&client).await.problem(), "401 token_invalid");
    assert_eq!(call(&other).await.status, 200);
    set(&app, &client, TokenState::Enabled).await;
    assert_eq!(call(&client).await.status, 200);
    set(&app, &client, TokenState::Revoked).await;
    let tokens = app.running.tokens();
    let by = Principal::LocalUser(0);
    assert!(tokens.set_state(client.id(), TokenState::Enabled, &by).await.is_err());
    assert_eq!(call(&client).await.problem(), "401 token_invalid");
    assert_eq!(app.arrived(), 2);
}

#[tokio::test]
async fn revocation_outlives_a_restart() {
    let app = TestApp::spawn().await;
    let (client, other) = (app.client().await, app.client().await);
    set(&app, &client, TokenState::Revoked).await;
    let app = app.restart().await;
    let again = Client::new(app.url(), &client.token);
    assert_eq!(call(&again).await.problem(), "401 token_invalid");
    assert_eq!(call(&Client::new(app.url(), &other.token)).await.status, 200);
    assert_eq!(app.arrived(), 1);
}
