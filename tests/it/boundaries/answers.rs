//! Answers come back as they are, with our own headers beside them and none of Ideogram's unlisted ones.

use super::GENERATE;
use crate::support::{Client, Reply, TestApp, TestSettings};
use ideogate::simulator::{Act, Script};
use serde_json::json;

async fn call(client: &Client) -> Reply {
    client.post(GENERATE, &json!({"prompt": "a heron"})).await
}

/// Asserts what every answer tells.
fn tells_its_story(reply: &Reply, places: &str) {
    assert!(reply.header("ideogate-request-id").unwrap().starts_with("req_"));
    let timing = reply.header("server-timing").unwrap();
    for name in ["queue;dur=", "upstream;dur=", "gateway;dur="] {
        assert!(timing.contains(name), "{timing}");
    }
    assert_eq!(reply.header("ideogate-places"), Some(places), "{reply:?}");
    assert_eq!(reply.headers.get_all("ideogate-request-id").iter().count(), 1);
}

#[tokio::test]
async fn only_listed_headers_come_back() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let strange = Act::json(200, r#"{ "data": [],"x" : 1 }"#)
        .with("set-cookie", "session=secret")
        .with("server", "vendor/1")
        .with("x-powered-by", "vendor")
        .with("access-control-allow-origin", "*")
        .with("strict-transport-security", "max-age=1")
        .with("location", "https://evil.example/")
        .with("x-request-id", "vendor-7")
        .with("api-key", "something")
        .with("ideogate-places", "99")
        .with("ideogate-request-id", "req_forged")
        .with("cache-control", "no-store")
        .with("content-language", "de")
        .with("content-disposition", "inline")
        .with("retry-after", "7");
    app.ideogram.script(Script::new(strange));
    let reply = call(&client).await;
    assert_eq!(reply.status, 200);
    assert_eq!(&reply.body[..], br#"{ "data": [],"x" : 1 }"#);
    let mut names: Vec<_> = reply.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    let expected = [
        "cache-control",
        "content-disposition",
        "content-language",
        "content-length",
        "content-type",
        "date",
        "ideogate-places",
        "ideogate-request-id",
        "retry-after",
        "server-timing",
    ];
    names.retain(|name| *name != "ideogate-cost-usd");
    assert_eq!(names, expected);
    tells_its_story(&reply, "1");
}

#[tokio::test]
async fn status_and_body_of_an_error_are_ideograms_own() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for status in [400, 403, 404, 409, 413, 422, 500, 503] {
        let body = format!("{{ \"error\" : \"no {status}\" ,\"é\":1}}\n");
        app.ideogram.script(Script::new(Act::json(status, &body)));
        let reply = call(&client).await;
        assert_eq!((reply.status, &reply.body[..]), (status, body.as_bytes()));
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("ideogate-error-source"), Some("upstream"), "{status}");
        tells_its_story(&reply, "1");
    }
    let page = Act::page(503);
    app.ideogram.script(Script::new(page));
    let reply = call(&client).await;
    assert_eq!((reply.status, reply.header("content-type")), (503, Some("text/html")));
    assert_eq!(&reply.body[..], b"<html><body><h1>503</h1></body></html>");
    // Last, since calls as dear as this one are stopped after it.
    app.ideogram.script(Script::new(Act::json(402, "{\"error\":\"money\"}")));
    let reply = call(&client).await;
    assert_eq!((reply.status, &reply.body[..]), (402, &b"{\"error\":\"money\"}"[..]));
}

#[tokio::test]
async fn a_picture_as_answer_comes_back_byte_for_byte() {
    let toml = "[routes]\nenable = [\"v4.design\"]\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client().await;
    let body = json!({"prompt": "a poster", "response_type": "binary"});
    let reply = client.post("/v1/ideogram-v4/generate-design", &body).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("image/png")));
    assert!(reply.body.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(reply.body.ends_with(b"IEND\xaeB`\x82"));
    let length = reply.body.len().to_string();
    assert_eq!(reply.header("content-length"), Some(length.as_str()));
    tells_its_story(&reply, "1");
    let page = json!({"prompt": "a poster", "response_type": "html"});
    let reply = client.post("/v1/ideogram-v4/generate-design", &page).await;
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(app.entries().await[0].metadata.upstream_status, Some(200));
}

#[tokio::test]
async fn a_compressed_answer_stays_compressed() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Gzip));
    let reply = call(&client).await;
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    assert!(reply.body.starts_with(&[0x1f, 0x8b]));
}

#[tokio::test]
async fn answers_of_the_gateway_tell_the_same_story() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    tells_its_story(&client.post(GENERATE, &json!({"num_images": 9})).await, "0");
    tells_its_story(&client.get("/nowhere").await, "0");
    tells_its_story(&client.send(client.bare("GET", "/models")).await, "0");
    for path in [
        "/healthz",
        "/_ideogate/whoami",
        "/_ideogate/errors",
        "/_ideogate/apps",
        "/_ideogate/nothing",
    ] {
        tells_its_story(&client.get(path).await, "0");
    }
    let free = client.get("/models").await;
    assert_eq!(free.status, 200);
    tells_its_story(&free, "0");
}
