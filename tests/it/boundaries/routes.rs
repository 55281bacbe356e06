//! Closed unless listed.

use super::GENERATE;
use crate::support::{TestApp, TestSettings, raw};
use serde_json::json;

#[tokio::test]
async fn what_is_not_listed_is_unknown() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for path in [
        "/",
        "/v3/generate",
        "/v1/ideogram-v3/generate/",
        "/v1/ideogram-v3//generate",
        "/V1/ideogram-v3/generate",
        "/v1/ideogram-v3/generate/extra",
        "/v1/ideogram-v3/%67enerate",
        "/v1/ideogram-v3/generate%2f",
        "/v1/ideogram-v3/generate;a=b",
        "/_ideogate",
        "/v1/layerize-logos",
        "/magic-prompt",
        "/internal/batch",
        "/internal-testing",
        "/manage/api/api_keys",
        "/mini-apps/anything",
        "/v2/video/generate/kling-3-standard-text-to-video",
        "/v1/ideogram-v4/generate-design",
    ] {
        let reply = client.post(path, &json!({"prompt": "a heron"})).await;
        assert_eq!(reply.problem(), "404 route_unknown", "{path}");
    }
    assert_eq!(app.arrived(), 0);
    let entries = app.entries().await;
    assert_eq!(entries.len(), 10);
    assert!(entries.iter().all(|entry| &*entry.resource == "unlisted"));
    assert!(entries.iter().all(|entry| entry.metadata.token_id.as_ref() == client.id.as_ref()));
}

#[tokio::test]
async fn what_stands_in_a_path_that_is_none_is_not_on_record() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for path in ["/v9/jane-roe-wrote-this", "/_ideogate/jane-roe-wrote-this"] {
        assert_eq!(client.get(path).await.problem(), "404 route_unknown", "{path}");
    }
    let entries = app.entries().await;
    assert!(!entries.is_empty());
    for entry in entries {
        let line = serde_json::to_string(&entry).unwrap();
        assert!(!line.contains("jane-roe"), "{line}");
    }
}

#[tokio::test]
async fn dots_in_a_path_lead_nowhere() {
    let app = TestApp::spawn().await;
    let token = app.client().await.token;
    for path in [
        "/models/../manage/api/api_keys",
        "/models/..%2fmanage",
        "/models/%2e%2e/generate",
        "/models/..",
        "/models/a%00b",
        "/models/a%20b",
        "/v1/generations/../../models",
    ] {
        let reply =
            raw(&app, format!("GET {path} HTTP/1.1\r\nHost: a\r\nApi-Key: {token}\r\n\r\n")).await;
        assert!(matches!(reply.status, 400 | 404), "{path}: {reply:?}");
    }
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_listed_path_tells_its_methods() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for (method, path, allow) in [
        ("GET", GENERATE, "POST"),
        ("PUT", GENERATE, "POST"),
        ("DELETE", "/models", "GET"),
        ("POST", "/models", "GET"),
        ("PATCH", "/v1/generations/abc", "GET"),
        ("OPTIONS", GENERATE, "POST"),
        ("POST", "/healthz", "GET"),
        ("DELETE", "/_ideogate/whoami", "GET"),
    ] {
        let reply = client.send(client.request(method, path)).await;
        assert_eq!(reply.problem(), "405 method_not_allowed", "{method} {path}");
        assert_eq!(reply.header("allow"), Some(allow), "{method} {path}");
    }
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_route_that_is_switched_off_or_on_is_closed_or_open() {
    let toml = "[routes]\ndisable = [\"v3.generate\"]\nenable = [\"v4.design\"]\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client().await;
    let body = json!({"prompt": "a heron"});
    assert_eq!(client.post(GENERATE, &body).await.problem(), "404 route_unknown");
    assert_eq!(app.arrived(), 0);
    let reply = client.post("/v1/ideogram-v4/generate-design", &body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn without_a_token_nobody_learns_which_routes_there_are() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let mut told = Vec::new();
    for path in [GENERATE, "/manage/api/api_keys", "/nowhere", "/v1/ideogram-v4/generate-design"] {
        let mut json = client.send(client.bare("POST", path)).await.json();
        json["request_id"].take();
        told.push(json);
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
}
