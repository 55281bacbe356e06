//! What becomes of tokens over the years: found again, hidden, forgotten.

mod late;
mod pruned;

use crate::support::{Client, TestApp};
use ideogate::{
    domain::{Principal, TokenState},
    tokens::NewToken,
};
use serde_json::Value;
use std::time::Duration;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const DAY: Duration = Duration::from_hours(24);
const BY: Principal = Principal::LocalUser(0);

async fn named(app: &TestApp, name: &str, owner: Option<&str>, expires_in: &str) -> Client {
    app.client_of(NewToken {
        environment: "app".to_owned(),
        name: name.to_owned(),
        owner: owner.map(str::to_owned),
        scopes: vec!["write:generate".to_owned()],
        expires_in: Some(expires_in.to_owned()),
        ..NewToken::default()
    })
    .await
}

async fn becomes(app: &TestApp, client: &Client, state: TokenState) {
    app.running.tokens().set_state(client.id(), state, &BY).await.unwrap();
}

/// Returns the names of the tokens that a query lists.
async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    let told = app.ask(&format!("/api/v1/tokens{query}")).await;
    let name = |token: &Value| token["name"].as_str().unwrap().to_owned();
    let mut names: Vec<_> =
        told.as_array().unwrap_or_else(|| panic!("{told}")).iter().map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_ended_is_hidden_until_it_is_asked_for() {
    let app = TestApp::spawn().await;
    named(&app, "lives", Some("design"), "90d").await;
    let off = named(&app, "off", None, "90d").await;
    let gone = named(&app, "gone", Some("design"), "90d").await;
    named(&app, "late", None, "1d").await;
    becomes(&app, &off, TokenState::Disabled).await;
    becomes(&app, &gone, TokenState::Revoked).await;
    app.clock.advance(DAY);
    assert_eq!(listed(&app, "").await, ["lives", "off"]);
    assert_eq!(listed(&app, "?all=true").await, ["gone", "late", "lives", "off"]);
    assert_eq!(listed(&app, "?state=revoked").await, ["gone"]);
    assert_eq!(listed(&app, "?state=expired").await, ["late"]);
    assert_eq!(listed(&app, "?state=disabled").await, ["off"]);
    assert_eq!(listed(&app, "?owner=design").await, ["lives"]);
    assert_eq!(listed(&app, "?owner=design&all=true").await, ["gone", "lives"]);
    assert_eq!(listed(&app, "?owner=nobody").await, Vec::<String>::new());
    let wrong = app.ask("/api/v1/tokens?state=on&unused_for=soon&environment=ap").await;
    assert_eq!(wrong["mistakes"].as_array().unwrap().len(), 3, "{wrong}");
    assert_eq!(app.ask("/api/v1/tokens?al=true").await["code"], "malformed_request");
}

#[tokio::test]
async fn tokens_that_nobody_uses_are_found() {
    let app = TestApp::spawn().await;
    let busy = named(&app, "busy", None, "90d").await;
    named(&app, "idle", None, "90d").await;
    app.clock.advance(10 * DAY);
    assert_eq!(busy.post(GENERATE, &serde_json::json!({"prompt": "a"})).await.status, 200);
    named(&app, "fresh", None, "90d").await;
    app.clock.advance(DAY);
    assert_eq!(listed(&app, "?unused_for=5d").await, ["idle"]);
    assert_eq!(listed(&app, "?unused_for=12h").await, ["busy", "fresh", "idle"]);
    let all = app.ask("/api/v1/tokens").await;
    let of = |name: &str| all.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(of("busy")["spent_today_usd"], "0.00");
    assert_eq!(of("busy")["spent_month_usd"], "0.06");
    assert_eq!(of("idle")["last_used_at"], Value::Null);
}

/// Reading one's own rights leaves no record, so the record cannot tell of it.
#[tokio::test]
async fn when_a_token_was_last_used_outlives_a_restart() {
    let app = TestApp::spawn().await;
    let client = named(&app, "reader", None, "90d").await;
    app.clock.advance(Duration::from_mins(5));
    assert_eq!(client.get("/_ideogate/whoami").await.status, 200);
    let used = serde_json::json!(app.now());
    app.clock.advance(Duration::from_mins(5));
    let app = app.restart().await;
    let token = app.ask(&format!("/api/v1/tokens/{}", client.id())).await;
    assert_eq!((&token["last_used_at"], &token["secrets"][0]["last_used_at"]), (&used, &used));
}
