//! Who gets in over the network, and who does not.

use crate::support::{TestApp, TestSettings, eventually};
use ideogate::domain::{Principal, TokenState};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn while_there_are_no_operators_nobody_gets_in_and_then_only_they() {
    let app = TestApp::spawn().await;
    let first = app.made_operator("first", "viewer").await;
    let revoked =
        app.running.operators().set_state(&first.id, TokenState::Revoked, &Principal::LocalUser(0));
    revoked.await.unwrap();
    for path in ["/api/v1/tokens", "/api/openapi.json", "/nothing"] {
        assert_eq!(first.get(path).await.admin_problem(), "403 operators_missing", "{path}");
    }
    let anna = app.made_operator("anna", "viewer").await;
    assert_eq!(anna.get("/api/v1/tokens").await.status, 200);
    assert_eq!(first.get("/api/v1/tokens").await.admin_problem(), "401 operator_token_invalid");
    for path in ["/healthz", "/readyz", "/metrics"] {
        let open = anna.bare("GET", path).send().await.unwrap();
        assert_eq!(open.status(), 200, "{path}");
    }
    let refused = app.entry_of("operator_token_invalid").await;
    assert_eq!(refused.user_id.to_string(), "operator:first");
    assert_eq!(&*refused.resource, "GET /api/v1/tokens");
    assert_eq!(refused.metadata.client_addr.as_deref(), Some("127.0.0.1"));
    assert!(refused.metadata.request_id.is_some());
    let reason = refused.metadata.more.reason.unwrap();
    assert_eq!(&*reason, format!("operator revoked: {}", first.id));
}

#[tokio::test]
async fn an_operator_outlives_restarts_and_crashes_and_so_does_their_end() {
    let app = TestApp::spawn().await;
    let (anna, bert) =
        (app.made_operator("anna", "operator").await, app.made_operator("bert", "admin").await);
    let path = format!("/api/v1/operators/{}/revoke", anna.id);
    assert_eq!(bert.post(&path, None).await.status, 200);
    let app = app.restart().await;
    let (anna, bert) = (anna.at(app.admin_url()), bert.at(app.admin_url()));
    assert_eq!(anna.get("/api/v1/tokens").await.admin_problem(), "401 operator_token_invalid");
    assert_eq!(bert.get("/api/v1/tokens").await.status, 200);
    let app = app.crash().await;
    let (anna, bert) = (anna.at(app.admin_url()), bert.at(app.admin_url()));
    assert_eq!(anna.get("/api/v1/tokens").await.admin_problem(), "401 operator_token_invalid");
    assert_eq!(bert.get("/api/v1/tokens").await.status, 200);
}

#[tokio::test]
async fn attempts_are_limited_and_whoever_shares_the_address_is_let_in() {
    let toml = "[operators]\nattempts_per_minute = 3\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let anna = app.made_operator("anna", "viewer").await;
    let wrong = anna.with("ido_wrong");
    for _ in 0..3 {
        assert_eq!(wrong.get("/api/v1/tokens").await.admin_problem(), "401 operator_token_invalid");
    }
    for _ in 0..5 {
        let reply = wrong.get("/api/v1/tokens").await;
        assert_eq!(reply.admin_problem(), "429 too_many_attempts");
        assert_eq!(reply.header("retry-after"), Some("20"));
        assert_eq!(reply.json()["retry_after"], 20);
        assert_eq!(anna.get("/api/v1/tokens").await.status, 200, "a valid token is let in");
    }
    assert!(app.ask("/api/v1/tokens").await.is_array(), "whoever may open the socket is let in");
    assert_eq!(anna.bare("GET", "/healthz").send().await.unwrap().status(), 200);
    app.clock.advance(Duration::from_secs(20));
    assert_eq!(anna.get("/api/v1/tokens").await.status, 200);
}

/// A thousand refusals are ten records and a number.
#[tokio::test]
async fn refused_attempts_are_on_record_and_cannot_flood_it() {
    let app = TestApp::spawn().await;
    let anna = app.made_operator("anna", "viewer").await;
    for _ in 0..200 {
        let reply = anna.post("/api/v1/pause", None).await;
        assert_eq!(reply.admin_problem(), "403 role_missing");
    }
    let refused = || {
        let mut all = app.all_entries();
        all.retain(|entry| &*entry.metadata.decision == "role_missing");
        all
    };
    eventually("ten in full", || refused().len() == 10).await;
    let first = serde_json::to_value(&refused()[0]).unwrap();
    assert_eq!(first["action"], "admin.request");
    assert_eq!(first["userId"], "operator:anna");
    assert_eq!(first["resource"], "POST /api/v1/pause");
    assert_eq!(first["metadata"]["outcome"], "refused");
    app.clock.advance(Duration::from_mins(1));
    let app = app.restart().await;
    let summary = app.all_entries().into_iter().find_map(|entry| entry.metadata.more.count);
    assert_eq!(summary, Some(190));
    let paused = app.ask("/api/v1/pause").await;
    assert_eq!(paused, json!({"paused": false, "pauses": []}), "and nothing was done");
}

#[tokio::test]
async fn a_page_of_another_origin_changes_nothing_through_an_operators_browser() {
    let app = TestApp::spawn().await;
    let admin = app.made_operator("root", "admin").await;
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let request = admin.request("POST", "/api/v1/pause").header(name, value);
        let reply = crate::support::Reply::of(request.send().await.unwrap()).await;
        assert_eq!(reply.admin_problem(), "403 origin_denied");
        assert!(!reply.headers.keys().any(|name| name.as_str().starts_with("access-control")));
    }
    assert_eq!(app.ask("/api/v1/pause").await, json!({"paused": false, "pauses": []}));
    let own = admin.request("POST", "/api/v1/pause").header("origin", app.admin_url());
    assert_eq!(own.send().await.unwrap().status(), 200);
}
