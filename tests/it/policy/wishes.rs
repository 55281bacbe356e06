//! What a request says to the gateway alone: its end user, how long it waits.

use super::GENERATE;
use crate::support::{Client, Reply, TestApp, TestSettings, eventually};
use ideogate::{
    audit::Entry,
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use reqwest::header::HeaderValue;
use serde_json::json;
use std::time::{Duration, Instant};

async fn with(client: &Client, name: &str, value: &[u8]) -> Reply {
    let value = HeaderValue::from_bytes(value).unwrap();
    let request = client.request("POST", GENERATE).header(name, value);
    client.send(request.json(&json!({"prompt": "a heron"}))).await
}

#[tokio::test]
async fn the_end_user_is_on_record_and_goes_no_further() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for user in ["ada@example.com", "Zoë 🗼", &"x".repeat(128)] {
        assert_eq!(with(&client, "Ideogate-User", user.as_bytes()).await.status, 200);
        let call = app.ideogram.seen().calls.pop().unwrap();
        assert_eq!(call.header("ideogate-user"), None);
        assert!(!String::from_utf8_lossy(&call.head).contains(user));
        let entry = app.entries().await.pop().unwrap();
        assert_eq!(name_of(&app, entry).await, user);
    }
    let refused = client.request("POST", "/nowhere").header("Ideogate-User", "eve");
    assert_eq!(client.send(refused).await.problem(), "404 route_unknown");
    let entry = app.entries().await.pop().unwrap();
    assert_eq!(name_of(&app, entry).await, "eve");
}

/// Returns who stands behind the id that an entry names.
async fn name_of(app: &TestApp, entry: Entry) -> String {
    let id = entry.metadata.on_behalf_of.unwrap();
    let known = app.ask("/api/v1/audit/persons").await;
    let known = known.as_array().unwrap().iter().find(|known| known["user"] == *id).cloned();
    known.unwrap()["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_end_user_that_cannot_be_recorded_is_refused() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let long = "x".repeat(129);
    for user in [b"".as_slice(), long.as_bytes(), b"\xff\xfe", b"a\tb"] {
        let reply = with(&client, "Ideogate-User", user).await;
        assert_eq!(reply.problem(), "400 malformed_request");
        assert_eq!(reply.json()["field"], "Ideogate-User");
    }
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_wait_that_is_no_duration_is_refused() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for wait in ["", "60", "soon", "-1s", "60s60", "\u{ff11}s"] {
        let reply = with(&client, "Ideogate-Queue-Timeout", wait.as_bytes()).await;
        assert_eq!(reply.status, 400, "{wait}");
        assert_eq!(reply.problem(), "400 malformed_request", "{wait}");
        assert_eq!(reply.json()["field"], "Ideogate-Queue-Timeout");
    }
    assert_eq!(app.arrived(), 0);
    assert_eq!(with(&client, "Ideogate-Queue-Timeout", b"1m 30s").await.status, 200);
}

#[tokio::test]
async fn a_call_waits_no_longer_than_asked_or_than_its_token_may() {
    let toml = "[accounts.ideogram]\nmax_in_flight = 1\n[queue]\ntimeout = \"5m\"\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client().await;
    let new = NewToken {
        environment: "app".to_owned(),
        name: "impatient".to_owned(),
        scopes: vec!["write:*".to_owned()],
        limits: AskedLimits {
            queue_timeout: Asked::Is("200ms".to_owned()),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    };
    let impatient = app.client_of(new).await;
    app.ideogram.script(Script::new(Act::Hold));
    let first = client.clone();
    let running = tokio::spawn(async move { with(&first, "accept", b"*/*").await });
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let begun = Instant::now();
    for reply in [
        with(&client, "Ideogate-Queue-Timeout", b"200ms").await,
        with(&impatient, "accept", b"*/*").await,
        with(&impatient, "Ideogate-Queue-Timeout", b"5m").await,
    ] {
        assert_eq!(reply.problem(), "429 queue_timeout");
        let json = reply.json();
        assert_eq!(json["reject_reason"], "inflight_limit");
        assert_eq!(json["max_inflight_requests"], 1);
        assert!(reply.header("retry-after").is_some());
        assert!(!reply.header("server-timing").unwrap().starts_with("queue;dur=0.0"));
    }
    assert!(begun.elapsed() >= Duration::from_millis(600));
    assert!(begun.elapsed() < Duration::from_mins(1));
    let entries = app.entries().await;
    let waits: Vec<_> =
        entries.iter().skip(1).map(|entry| entry.metadata.queue_ms.unwrap()).collect();
    // What passed before it stood in the queue is part of its time, and on a busy machine that is much.
    assert!(waits.len() == 3 && waits.iter().all(|wait| (50..60_000).contains(wait)), "{waits:?}");
    app.ideogram.release();
    assert_eq!(running.await.unwrap().status, 200);
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_full_queue_refuses_before_the_body_is_read() {
    let toml = "[accounts.ideogram]\nmax_in_flight = 1\n[queue]\ncapacity = 1\ntimeout = \"5m\"\n";
    let app =
        TestApp::with(TestSettings { toml: toml.to_owned(), ..TestSettings::default() }).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let call = || {
        let client = client.clone();
        tokio::spawn(async move { with(&client, "accept", b"*/*").await })
    };
    let running = call();
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let waiting = call();
    eventually("one call waits", || app.running.admission().status().iter().any(|a| a.queued == 1))
        .await;
    let head = format!(
        "POST {GENERATE} HTTP/1.1\r\nHost: a\r\nApi-Key: {}\r\nContent-Type: application/json\r\n\
         Content-Length: 1000000\r\n\r\n",
        client.token
    );
    let reply = crate::support::raw(&app, head).await;
    assert_eq!(reply.problem(), "429 queue_full");
    assert_eq!(reply.json()["rule"], "queue.capacity", "{reply:?}");
    assert!(reply.header("retry-after").is_some());
    assert_eq!(client.get("/models").await.status, 200, "reading takes no place");
    app.ideogram.release();
    assert_eq!((running.await.unwrap().status, waiting.await.unwrap().status), (200, 200));
}
