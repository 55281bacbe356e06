//! What is large is compressed, and no secret ever is.

use super::house::{House, on_socket, text};
use axum::{body::Body, response::Response};
use flate2::read::GzDecoder;
use http::{
    Request,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, VARY},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::io::Read;

/// Returns a request that takes compressed answers.
fn takes_gzip(method: &str, path: &str, body: Option<Value>) -> Request<Body> {
    let mut request = on_socket(method, path, body);
    request.headers_mut().insert(ACCEPT_ENCODING, "gzip, br, zstd".parse().unwrap());
    request
}

async fn unpacked(response: Response) -> (String, usize) {
    assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
    assert_eq!(response.headers()[VARY], "accept-encoding");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let mut text = String::new();
    GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap();
    (text, bytes.len())
}

#[tokio::test]
async fn what_is_large_is_compressed_for_whoever_takes_that() {
    let house = House::open();
    for number in 0..20 {
        let name = format!("poster-bot-{number}");
        let asked = json!({"environment": "prod", "name": name, "scopes": ["write:generate"], "no_budget": true});
        assert_eq!(house.post("/api/v1/tokens", Some(asked)).await.0, 201);
    }
    for path in ["/api/openapi.json", "/api/v1/audit"] {
        let plain = house.ask(on_socket("GET", path, None)).await;
        assert!(!plain.headers().contains_key(CONTENT_ENCODING), "{path}");
        let plain = text(plain).await;
        let (unpacked, sent) = unpacked(house.ask(takes_gzip("GET", path, None)).await).await;
        assert_eq!(unpacked, plain, "{path}");
        assert!(sent * 3 < plain.len(), "{path}: {sent} of {}", plain.len());
    }
    let export = house.ask(takes_gzip("GET", "/api/v1/audit/export?format=csv", None)).await;
    assert_eq!(unpacked(export).await.0.lines().count(), 22, "a head, 20 tokens, and the export");
}

#[tokio::test]
async fn what_is_small_or_goes_on_for_ever_is_not_compressed() {
    let house = House::open();
    for path in ["/api/v1/audit", "/api/v1/audit/tail", "/api/v1/nothing"] {
        let response = house.ask(takes_gzip("GET", path, None)).await;
        assert!(!response.headers().contains_key(CONTENT_ENCODING), "{path}");
    }
}

#[tokio::test]
async fn an_answer_with_a_secret_is_never_compressed() {
    let house = House::open();
    let token = json!({"environment": "prod", "name": "poster-bot", "scopes": ["write:generate"], "no_budget": true});
    let token = secret_of(&house, "/api/v1/tokens", Some(token)).await;
    secret_of(&house, &format!("/api/v1/tokens/{token}/rotate"), Some(json!({}))).await;
    let operator = json!({"name": "anna", "role": "viewer"});
    let operator = secret_of(&house, "/api/v1/operators", Some(operator)).await;
    secret_of(&house, &format!("/api/v1/operators/{operator}/rotate"), Some(json!({}))).await;
}

/// Asks for a secret, and returns its holder's id.
async fn secret_of(house: &House, path: &str, body: Option<Value>) -> String {
    let response = house.ask(takes_gzip("POST", path, body)).await;
    assert!(response.status().is_success(), "{path}: {}", response.status());
    assert!(!response.headers().contains_key(CONTENT_ENCODING), "{path}");
    let text = text(response).await;
    assert!(text.contains("idg_") || text.contains("ido_"), "{path} tells no secret: {text}");
    let told: Value = serde_json::from_str(&text).unwrap();
    told["id"].as_str().unwrap().to_owned()
}

#[test]
fn only_what_reads_and_holds_no_secret_is_listed_as_large() {
    let paths = include_str!("../paths.rs");
    let large: Vec<_> = paths.lines().filter(|line| line.contains(".large(")).collect();
    assert_eq!(large.len(), 3, "look whether its answers can hold a secret: {large:#?}");
}
