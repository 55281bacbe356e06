//! Problems of the gateway: one shape, and a page for each code.

use super::GENERATE;
use crate::support::{Client, Reply, TestApp, TestSettings, raw};
use ideogate::domain::ErrorCode;
use serde_json::json;

/// Asserts the documented shape, to the field.
fn is_documented(reply: &Reply, code: ErrorCode) {
    assert_eq!(reply.problem(), format!("{} {code}", code.status()));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let json = reply.json();
    assert_eq!(json["error"], json["message"]);
    assert_eq!(json["retryable"], code.is_retryable());
    assert_eq!(json["doc"], format!("/_ideogate/errors/{code}"));
    assert_eq!(reply.header("link"), Some("</_ideogate/apps>; rel=\"help\""));
    let known = [
        "error",
        "message",
        "code",
        "status",
        "request_id",
        "source",
        "retryable",
        "reject_reason",
        "doc",
        "field",
        "scope",
        "rule",
    ];
    let names = json.as_object().unwrap().keys();
    let unknown: Vec<_> = names.filter(|name| !known.contains(&name.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let must_wait = matches!(code.status(), 429 | 503);
    assert!(!must_wait || reply.header("retry-after").is_some(), "{json}");
}

async fn provoke(client: &Client, reader: &Client, code: ErrorCode) -> Option<Reply> {
    let good = json!({"prompt": "a heron"});
    Some(match code {
        ErrorCode::MalformedRequest => client.post_text(GENERATE, "{").await,
        ErrorCode::AmbiguousRequest => {
            client.post_text(GENERATE, r#"{"num_images":1,"num_images":1}"#).await
        }
        ErrorCode::AmbiguousCredentials => {
            let request = client.request("POST", GENERATE).header("Authorization", "Bearer x");
            client.send(request.json(&good)).await
        }
        ErrorCode::TokenMissing => client.send(client.bare("POST", GENERATE)).await,
        ErrorCode::TokenInvalid => {
            client.send(client.bare("POST", GENERATE).header("Api-Key", "x")).await
        }
        ErrorCode::ScopeMissing => reader.post(GENERATE, &good).await,
        ErrorCode::PolicyDenied => {
            client
                .post(GENERATE, &json!({"prompt": "x", "webhook_url": "https://a.example/"}))
                .await
        }
        ErrorCode::RouteUnknown => client.get("/nowhere").await,
        ErrorCode::GenerationUnknown => client.get("/v1/generations/none").await,
        ErrorCode::CallUnknown => client.get("/_ideogate/calls/call_none").await,
        ErrorCode::MethodNotAllowed => client.get(GENERATE).await,
        ErrorCode::BodyTooLarge => client.post_text("/generate", &" ".repeat((1 << 20) + 1)).await,
        ErrorCode::UriTooLong => client.get(&format!("/{}", "a".repeat(9000))).await,
        ErrorCode::UnsupportedMediaType => {
            client.send(client.request("POST", GENERATE).body("{}")).await
        }
        ErrorCode::HeadersTooLarge => {
            let request = client.request("POST", GENERATE).header("x", "y".repeat(33_000));
            client.send(request).await
        }
        ErrorCode::ExpectationFailed => {
            client.send(client.request("POST", GENERATE).header("expect", "miracles")).await
        }
        _ => return None,
    })
}

#[tokio::test]
async fn problems_have_the_documented_shape() {
    let app = TestApp::spawn().await;
    let (client, reader) = (app.client().await, app.client_with("app", &["read:*"]).await);
    let mut provoked = 0;
    for code in ErrorCode::ALL {
        if let Some(reply) = provoke(&client, &reader, *code).await {
            is_documented(&reply, *code);
            provoked += 1;
        }
    }
    assert_eq!(provoked, 16);
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn every_code_has_a_page_that_needs_no_token() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for code in ErrorCode::ALL {
        let path = format!("/_ideogate/errors/{code}");
        let reply = client.send(client.bare("GET", &path)).await;
        assert_eq!(reply.status, 200, "{code}");
        let json = reply.json();
        assert_eq!(json["code"], code.as_str());
        assert_eq!(json["status"], code.status());
        for field in ["meaning", "developer", "operator"] {
            assert!(json[field].as_str().is_some_and(|text| text.len() > 10), "{code} {field}");
        }
        let html = client.send(client.bare("GET", &path).header("accept", "text/html")).await;
        assert!(html.header("content-type").unwrap().starts_with("text/html"));
        assert!(String::from_utf8_lossy(&html.body).contains(code.as_str()));
    }
    let list = client.send(client.bare("GET", "/_ideogate/errors")).await.json();
    assert_eq!(list["errors"].as_array().map(Vec::len), Some(ErrorCode::ALL.len()));
    for path in ["/_ideogate/errors/none", "/_ideogate/errorsqueue_full", "/_ideogate/errors/a/b"] {
        assert_eq!(client.get(path).await.problem(), "404 route_unknown", "{path}");
    }
}

#[tokio::test]
async fn links_begin_with_the_public_url_where_there_is_one() {
    let toml = "[listen]\npublic_url = \"https://images.example.com/\"\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client().await;
    let page = "https://images.example.com/_ideogate";
    let help = format!("<{page}/apps>; rel=\"help\"");
    // The second is refused by the reader of HTTP, before anybody sees a request.
    let unread = client.get(&format!("/{}", "a".repeat(9000))).await;
    for reply in [client.get("/nowhere").await, unread] {
        let code = reply.json()["code"].as_str().unwrap().to_owned();
        assert_eq!(reply.json()["doc"], format!("{page}/errors/{code}"));
        assert_eq!(reply.header("link"), Some(help.as_str()));
    }
    let told = client.get("/_ideogate/errors/queue_full").await.json();
    assert_eq!(told["doc"], format!("{page}/errors/queue_full"));
    assert_eq!(told["apps"], format!("{page}/apps"));
}

#[tokio::test]
async fn the_page_for_apps_needs_no_token_and_answers_of_ideogram_link_to_nothing() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let page = client.send(client.bare("GET", "/_ideogate/apps")).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/markdown; charset=utf-8"))
    );
    assert_eq!(&page.body[..], include_bytes!("../../../docs/apps.md"));
    let html =
        client.send(client.bare("GET", "/_ideogate/apps").header("accept", "text/html")).await;
    assert_eq!(html.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(html.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert_eq!(client.get("/models").await.header("link"), None);
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_missing_scope_is_named_for_people_and_machines() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["read:*"]).await;
    let reply = client.post(GENERATE, &json!({"prompt": "a heron"})).await;
    assert_eq!(reply.json()["scope"], "write:generate");
    let challenge = reply.header("www-authenticate").unwrap();
    assert!(challenge.contains("insufficient_scope") && challenge.contains("write:generate"));
    assert!(!reply.json().as_object().unwrap().contains_key("reject_reason"));
}

/// Read as bytes, so that nothing between the wire and the test can hide a null.
#[tokio::test]
async fn a_refusal_of_any_kind_has_no_null_on_the_wire() {
    let app = TestApp::spawn().await;
    let reader = app.client_with("app", &["read:*"]).await.token;
    let body = r#"{"prompt":"a heron"}"#;
    let length = body.len();
    let ask = |line: &str, fields: &str| {
        format!(
            "{line} HTTP/1.1\r\nHost: a\r\n{fields}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let (post, key) = (format!("POST {GENERATE}"), format!("Api-Key: {reader}\r\n"));
    for (request, expected) in [
        (ask(&post, ""), "401 token_missing"),
        (ask(&post, "Api-Key: YOUR_API_KEY\r\n"), "401 token_invalid"),
        (ask(&post, &key), "403 scope_missing"),
        (ask("POST /nowhere", &key), "404 route_unknown"),
        (ask(&format!("PUT {GENERATE}"), &key), "405 method_not_allowed"),
        (ask(&post, "Host: b\r\n"), "400 ambiguous_request"),
    ] {
        let reply = raw(&app, request).await;
        assert_eq!(reply.problem(), expected);
        assert!(!reply.body.windows(4).any(|four| four == b"null"), "{reply:?}");
    }
    assert_eq!(app.arrived(), 0);
}
