//! What somebody watches ends when they may not watch it any more.

use crate::support::{Admin, TestApp};
use ideogate::domain::{Principal, TokenState};
use reqwest::Response;
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

const BY: Principal = Principal::LocalUser(0);
const PATIENCE: Duration = Duration::from_secs(10);

async fn watch(admin: &Admin) -> Response {
    let response = admin.request("GET", "/api/v1/audit/tail").send().await.unwrap();
    assert_eq!(response.status(), 200);
    response
}

/// Reads what comes until something is in it.
async fn hears(watched: &mut Response, of: &str) {
    loop {
        let piece = timeout(PATIENCE, watched.chunk()).await.unwrap().unwrap().unwrap();
        if String::from_utf8_lossy(&piece).contains(of) {
            return;
        }
    }
}

/// Reads on until it breaks off, and returns what still came.
async fn breaks_off(mut watched: Response) -> String {
    let mut told = String::new();
    loop {
        match timeout(PATIENCE, watched.chunk()).await.unwrap() {
            Ok(Some(piece)) => told.push_str(&String::from_utf8_lossy(&piece)),
            Ok(None) => panic!("ended as if that were all: {told}"),
            Err(_) => return told,
        }
    }
}

#[tokio::test]
async fn whoever_is_shut_out_hears_nothing_more() {
    let app = TestApp::spawn().await;
    let stays = app.made_operator("stays", "viewer").await;
    let mut stays = watch(&stays).await;
    for way in ["revoke", "disable", "rotate", "role"] {
        let name = format!("by.{way}");
        let anna = app.made_operator(&name, "operator").await;
        let mut watched = watch(&anna).await;
        app.tell("/api/v1/pause", &json!({})).await;
        hears(&mut watched, "queue.pause").await;
        let body = if way == "role" { json!({"role": "viewer"}) } else { json!({}) };
        app.tell(&format!("/api/v1/operators/{}/{way}", anna.id), &body).await;
        app.tell("/api/v1/resume", &json!({})).await;
        let told = breaks_off(watched).await;
        assert!(!told.contains("queue.resume"), "{way}: {told}");
    }
    hears(&mut stays, "queue.resume").await;
}

#[tokio::test]
async fn whoever_expires_is_cut_off_too() {
    let app = TestApp::spawn().await;
    let watched = watch(&app.made_operator("anna", "viewer").await).await;
    app.clock.advance(Duration::from_hours(91 * 24));
    breaks_off(watched).await;
}

/// Another operator's end is nobody else's.
#[tokio::test]
async fn a_stream_goes_on_when_others_are_shut_out() {
    let app = TestApp::spawn().await;
    let (anna, bert) =
        (app.made_operator("anna", "viewer").await, app.made_operator("bert", "viewer").await);
    let mut watched = watch(&anna).await;
    let operators = app.running.operators();
    operators.set_state(&bert.id, TokenState::Revoked, &BY).await.unwrap();
    hears(&mut watched, "operator.revoke").await;
    app.tell("/api/v1/pause", &json!({})).await;
    hears(&mut watched, "queue.pause").await;
}
