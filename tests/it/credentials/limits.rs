//! Where a token is good: its environment, its addresses.

use super::GENERATE;
use crate::support::{Client, TestApp, TestSettings};
use ideogate::tokens::{Asked, AskedLimits, NewToken};
use serde_json::json;

const OTHER: &str =
    "[environments.team]\naccount = \"ideogram\"\nscopes = [\"read:*\", \"write:*\"]\n";

async fn with_team() -> TestApp {
    TestApp::with(TestSettings { toml: OTHER.to_owned(), ..TestSettings::default() }).await
}

#[tokio::test]
async fn a_token_of_an_environment_that_was_lowered_cannot_use_what_it_was_granted() {
    let app = with_team().await;
    let client = app.client_with("team", &["write:*"]).await;
    let mut app = app;
    app.settings.toml = OTHER.replace(", \"write:*\"", "");
    let app = app.restart().await;
    let client = Client::new(app.url(), &client.token);
    let reply = client.post(GENERATE, &json!({"prompt": "a heron"})).await;
    assert_eq!(reply.problem(), "403 environment_denied");
    assert_eq!(app.arrived(), 0);
    let entry = app.only_entry().await;
    assert_eq!(entry.metadata.environment.unwrap().as_str(), "team");
    assert_eq!(&*entry.metadata.decision, "environment_denied");
}

#[tokio::test]
async fn a_token_of_an_environment_that_is_gone_opens_nothing() {
    let app = with_team().await;
    let client = app.client_with("team", &["read:*", "write:*"]).await;
    let mut app = app;
    app.settings.toml = String::new();
    let app = app.restart().await;
    let client = Client::new(app.url(), &client.token);
    let reply = client.post(GENERATE, &json!({"prompt": "a heron"})).await;
    assert_eq!(reply.problem(), "503 environment_unavailable");
    assert!(reply.header("retry-after").is_some());
    assert_eq!(client.get("/models").await.problem(), "503 environment_unavailable");
    let who = client.get("/_ideogate/whoami").await;
    assert_eq!(who.json()["available"], false);
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_token_is_good_only_at_its_addresses() {
    let app = TestApp::spawn().await;
    let at = |cidr: &str| NewToken {
        environment: "app".to_owned(),
        name: "there".to_owned(),
        scopes: vec!["read:*".to_owned(), "write:*".to_owned()],
        limits: AskedLimits { cidrs: Asked::Is(vec![cidr.to_owned()]), ..AskedLimits::default() },
        ..NewToken::default()
    };
    let (here, elsewhere) =
        (app.client_of(at("127.0.0.0/8")).await, app.client_of(at("10.0.0.0/8")).await);
    let body = json!({"prompt": "a heron"});
    assert_eq!(here.post(GENERATE, &body).await.status, 200);
    let refused = elsewhere.post(GENERATE, &body).await;
    assert_eq!(refused.problem(), "403 policy_denied");
    assert_eq!(refused.json()["rule"], "token cidrs");
    // Nobody in front is trusted, so nobody believes what a client says of its own address.
    let forged =
        elsewhere.request("POST", GENERATE).header("X-Forwarded-For", "10.1.2.3").json(&body);
    assert_eq!(elsewhere.send(forged).await.problem(), "403 policy_denied");
    for path in ["/models", "/_ideogate/whoami", "/health", "/_ideogate/calls/call_1"] {
        assert_eq!(elsewhere.get(path).await.problem(), "403 policy_denied", "{path}");
    }
    assert_eq!(app.arrived(), 1);
    assert_eq!(app.entries().await.len(), 7);
}

#[tokio::test]
async fn an_address_is_believed_of_a_trusted_proxy_alone() {
    let toml = "[door]\ntrusted_proxies = [\"127.0.0.0/8\"]\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let new = NewToken {
        environment: "app".to_owned(),
        name: "there".to_owned(),
        scopes: vec!["write:*".to_owned()],
        limits: AskedLimits {
            cidrs: Asked::Is(vec!["10.0.0.0/8".to_owned()]),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    };
    let client = app.client_of(new).await;
    let from = |address: &'static str| {
        let request = client.request("POST", GENERATE).header("X-Forwarded-For", address);
        client.send(request.json(&json!({"prompt": "a heron"})))
    };
    assert_eq!(from("10.1.2.3").await.status, 200);
    assert_eq!(from("10.1.2.3, 192.0.2.7").await.problem(), "403 policy_denied");
    let entries = app.entries().await;
    assert_eq!(entries[0].metadata.client_addr.as_deref(), Some("10.1.2.3"));
    assert_eq!(entries[1].metadata.client_addr.as_deref(), Some("192.0.2.7"));
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn an_environment_cannot_grant_above_its_ceiling() {
    let app = TestApp::spawn().await;
    let by = ideogate::domain::Principal::LocalUser(0);
    for (environment, scope) in [
        ("dev", "write:generate"),
        ("dev", "write:limited"),
        ("staging", "write:*"),
        ("staging", "write:generate"),
        ("prod", "write:*"),
        ("prod", "read:*"),
        ("prod", "write:video"),
        ("prod", "train:models"),
        ("app", "train:models"),
        ("app", "read:account"),
        ("nowhere", "read:models"),
    ] {
        let new = NewToken {
            environment: environment.to_owned(),
            name: "too much".to_owned(),
            no_budget: true,
            scopes: vec![scope.to_owned()],
            ..NewToken::default()
        };
        let made = app.running.tokens().create(new, &by).await;
        assert!(made.is_err(), "{environment} {scope}");
    }
}
