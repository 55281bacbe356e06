//! What leaves for Ideogram is built from lists, not filtered from what came.

use crate::support::{KEY, TestApp, raw};
use std::collections::BTreeMap;

/// What the vendor must never hear of, and a client may well send.
const STRANGERS: &str = "Accept-Encoding: gzip, br\r\n\
    User-Agent: somebody/1.0\r\n\
    Cookie: session=secret\r\n\
    Connection: close, X-Named\r\n\
    X-Named: hop\r\n\
    Keep-Alive: timeout=5\r\n\
    TE: trailers\r\n\
    Trailer: X-Last\r\n\
    Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\
    Proxy-Connection: keep-alive\r\n\
    Forwarded: for=192.0.2.1\r\n\
    Via: 1.1 somewhere\r\n\
    X-Forwarded-For: 192.0.2.1\r\n\
    X-Forwarded-Host: evil.example\r\n\
    X-Real-IP: 192.0.2.1\r\n\
    X-Ideogram-Positive-Lora-Ckpt-Path: /etc/passwd\r\n\
    X-Ideogram-Internal: 1\r\n\
    X-Http-Method-Override: DELETE\r\n\
    X-Original-Url: /manage\r\n\
    Origin: https://app.example\r\n\
    Referer: https://app.example/?secret\r\n\
    Range: bytes=0-1\r\n\
    If-None-Match: \"a\"\r\n\
    Content-Language: de\r\n\
    Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n\
    Idempotency-Key: 1\r\n\
    Ideogate-User: somebody\r\n\
    Ideogate-Queue-Timeout: 5s\r\n\
    Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";

fn sorted(headers: &[(String, String)]) -> BTreeMap<String, &str> {
    let lower = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()));
    let map: BTreeMap<_, _> = lower.collect();
    assert_eq!(map.len(), headers.len(), "each once: {headers:?}");
    map
}

#[tokio::test]
async fn only_listed_headers_arrive() {
    let app = TestApp::spawn().await;
    let token = app.client().await.token;
    let body = r#"{"prompt":"a heron"}"#;
    let request = format!(
        "POST /v1/ideogram-v3/generate HTTP/1.1\r\nHost: images.example\r\nApi-Key: {token}\r\n\
         Content-Type: application/json\r\nAccept: application/json;q=0.9\r\nAccept-Language: de-AT\r\n\
         {STRANGERS}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let reply = raw(&app, request).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let seen = app.ideogram.seen();
    assert_eq!(seen.calls.len(), 1);
    let (call, length) = (&seen.calls[0], body.len().to_string());
    let ours = concat!("ideogate/", env!("CARGO_PKG_VERSION"));
    let host = app.ideogram_host();
    let expected: BTreeMap<_, _> = [
        ("host", host.as_str()),
        ("user-agent", ours),
        ("accept-encoding", "identity"),
        ("content-type", "application/json"),
        ("accept", "application/json;q=0.9"),
        ("accept-language", "de-AT"),
        ("content-length", &length),
        ("api-key", KEY),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    assert_eq!(sorted(&call.headers), expected);
    assert_eq!(call.method, "POST");
    assert_eq!(call.path_and_query, "/v1/ideogram-v3/generate");
}

#[tokio::test]
async fn a_chunked_body_arrives_whole_and_its_trailers_do_not() {
    let app = TestApp::spawn().await;
    let token = app.client().await.token;
    let request = format!(
        "POST /v1/ideogram-v3/generate HTTP/1.1\r\nHost: a\r\nApi-Key: {token}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
         5;x=y\r\n{{\"pro\r\nd\r\nmpt\":\"heron\"}}\r\n0\r\nApi-Key: other\r\nX-Last: 1\r\n\r\n"
    );
    let reply = raw(&app, request).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let seen = app.ideogram.seen();
    let call = &seen.calls[0];
    assert_eq!(&call.body[..], br#"{"prompt":"heron"}"#);
    let headers = sorted(&call.headers);
    assert_eq!(headers["content-length"], "18");
    assert!(!headers.contains_key("transfer-encoding") && !headers.contains_key("x-last"));
    assert_eq!(headers["api-key"], KEY);
}

#[tokio::test]
async fn a_read_goes_out_bare_with_its_listed_query_alone() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let request = client.request("GET", "/models?scope=a%20b&status=x%2By").header("Cookie", "a=b");
    assert_eq!(client.send(request).await.status, 200);
    let seen = app.ideogram.seen();
    assert_eq!(seen.calls[0].path_and_query, "/models?scope=a%20b&status=x%2By");
    assert_eq!(seen.calls[0].body_length, 0);
    let headers = sorted(&seen.calls[0].headers);
    let mut names: Vec<_> = headers.keys().map(String::as_str).collect();
    names.retain(|name| *name != "accept");
    assert_eq!(names, ["accept-encoding", "api-key", "host", "user-agent"]);
}

#[tokio::test]
async fn a_read_with_a_body_is_refused() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let reply = client.send(client.request("GET", "/models").body("{}")).await;
    assert_eq!(reply.problem(), "400 malformed_request");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn an_offer_of_http2_is_let_pass_and_goes_no_further() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let request = client
        .request("POST", "/v1/ideogram-v3/generate")
        .json(&serde_json::json!({"prompt": "a"}));
    let offer = request.header("connection", "Upgrade, HTTP2-Settings").header("upgrade", "h2c");
    let reply = client.send(offer.header("http2-settings", "AAEAAEAAAAIAAAAB")).await;
    assert_eq!(reply.status, 200);
    let seen = app.ideogram.seen();
    for name in ["upgrade", "http2-settings"] {
        assert_eq!(seen.calls[0].header(name), None);
    }
}
