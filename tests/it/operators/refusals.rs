//! Everything that the admin listener refuses: told in one shape, and on record.

use crate::support::{Admin, Reply, TestApp, eventually, raw_at};
use ideogate::domain::RequestId;
use reqwest::RequestBuilder;
use serde_json::json;

/// A problem that the listener itself made has the shape of all others of the control plane.
fn is_document(reply: &Reply, expected: &str) {
    assert_eq!(reply.admin_problem(), expected, "{reply:?}");
    let json = reply.json();
    let code = json["code"].as_str().unwrap();
    assert_eq!(json["type"], format!("urn:ideogate:problem:{code}"));
    for field in ["title", "detail"] {
        assert!(json[field].as_str().is_some_and(|text| text.len() > 5), "{json}");
    }
    for field in ["error", "message", "doc", "source"] {
        assert!(json.get(field).is_none(), "the data plane's words: {json}");
    }
    assert!(reply.header("ideogate-request-id").is_some(), "{reply:?}");
    assert_eq!(reply.header("ideogate-error-source"), None);
}

#[tokio::test]
async fn what_breaks_http_is_told_at_the_admin_listener_as_a_problem_document() {
    let app = TestApp::spawn().await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(9000));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "y".repeat(33_000));
    for (request, expected) in [
        ("GET / HTTP/1.1\r\n\r\n", "400 malformed_request"),
        ("rubbish\r\n\r\n", "400 malformed_request"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 ambiguous_request"),
        ("GET /metrics HTTP/1.0\r\n\r\n", "400 malformed_request"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "400 ambiguous_request",
        ),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "405 method_not_allowed"),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n", "417 expectation_failed"),
        (&long, "414 uri_too_long"),
        (&many, "431 headers_too_large"),
    ] {
        let reply = raw_at(app.running.admin(), request).await;
        is_document(&reply, expected);
        assert_eq!(reply.header("connection"), Some("close"));
        let elsewhere = raw_at(app.running.proxy(), request).await;
        assert_eq!(elsewhere.problem(), expected, "the data plane keeps its own shape");
    }
}

/// A request that is refused: what is told, and what is on record of it.
struct InVain {
    request: RequestBuilder,
    told: &'static str,
    resource: &'static str,
    code: &'static str,
    reason: &'static str,
}

/// Returns requests that are refused in different ways; where text can stand, it is a secret.
fn in_vain(anna: &Admin, charged: &str) -> Vec<InVain> {
    let asked = |method: &str, path: &str| anna.request(method, path);
    let body = |kind: &str, body: &'static str| {
        asked("POST", "/api/v1/tokens").header("content-type", kind).body(body)
    };
    let create = "POST /api/v1/tokens";
    let nowhere = r#"{"environment": "nowhere", "name": "", "scopes": []}"#;
    let list = "GET /api/v1/tokens";
    let write_off = "POST /api/v1/usage/write-off/{call}";
    let rows = [
        (asked("GET", &format!("/api/v1/{}", anna.token)), "404 path_unknown", "unlisted"),
        (
            asked("GET", "/api/v1/tokens/tok_01k00000000000000000000000"),
            "404 token_unknown",
            "GET /api/v1/tokens/{id}",
        ),
        (asked("DELETE", "/api/v1/queue"), "405 method_not_allowed", "DELETE /api/v1/queue"),
        (body("application/json", nowhere), "422 request_invalid", create),
        (body("application/json", "{"), "400 malformed_request", create),
        (body("text/plain", "{}"), "415 unsupported_media_type", create),
        (
            asked("POST", &format!("/api/v1/usage/write-off/{charged}")),
            "409 call_not_reserved",
            write_off,
        ),
        (asked("GET", "/api/v1/tokens").header("host", "evil.example"), "421 host_unknown", list),
    ];
    let records = [
        ("path_unknown", "There is no such path"),
        ("name_unknown", "token_unknown: There is nothing of that name"),
        ("method_not_allowed", "The path does not have this method"),
        ("request_invalid", "What was asked for is not possible"),
        ("malformed_request", "The request cannot be read"),
        ("unsupported_media_type", "The body is not JSON"),
        ("state_conflict", "call_not_reserved: The state of things does not allow it"),
        ("host_unknown", "The request is for another host"),
    ];
    let both = rows.into_iter().zip(records);
    both.map(|((request, told, resource), (code, reason))| InVain {
        request,
        told,
        resource,
        code,
        reason,
    })
    .collect()
}

#[tokio::test]
async fn every_refusal_of_the_admin_api_is_on_record_in_our_words_alone() {
    let app = TestApp::spawn().await;
    let anna = app.made_operator("anna", "admin").await;
    let paid = json!({"prompt": "a lighthouse"});
    assert_eq!(app.client().await.post("/v1/ideogram-v3/generate", &paid).await.status, 200);
    let charged = app.sent_entries()[0].metadata.call_id.clone().unwrap();
    for InVain { request, told, resource, code, reason } in in_vain(&anna, charged.as_str()) {
        let reply = Reply::of(request.send().await.unwrap()).await;
        assert_eq!(reply.admin_problem(), told);
        let found = || app.all_entries().into_iter().find(|one| &*one.metadata.decision == code);
        eventually(code, || found().is_some()).await;
        let entry = found().unwrap();
        assert_eq!((&*entry.action, &*entry.resource), ("admin.request", resource), "{code}");
        assert_eq!(entry.metadata.more.reason.as_deref(), Some(reason));
        assert_eq!(entry.metadata.status, Some(reply.status));
        let request = reply.header("ideogate-request-id");
        assert_eq!(entry.metadata.request_id.as_ref().map(RequestId::as_str), request);
        // Some are turned away before anybody looked who it is.
        let is_early = matches!(code, "host_unknown" | "unsupported_media_type");
        let by = if is_early { "address:127.0.0.1" } else { "operator:anna" };
        assert_eq!(entry.user_id.to_string(), by, "{code}");
        let written = serde_json::to_string(&entry).unwrap();
        assert!(!written.contains(&anna.token[4..20]), "{written}");
    }
}

/// Whoever hammers on paths that are not there costs ten records and a number.
#[tokio::test]
async fn refusals_of_the_admin_api_cannot_flood_the_record() {
    let app = TestApp::spawn().await;
    let anna = app.made_operator("anna", "viewer").await;
    for at in 0..100 {
        assert_eq!(anna.get(&format!("/api/v1/{at}")).await.admin_problem(), "404 path_unknown");
    }
    let count = || {
        let all = app.all_entries();
        all.iter().filter(|one| &*one.metadata.decision == "path_unknown").count()
    };
    eventually("ten in full", || count() == 10).await;
    assert_eq!(anna.get("/api/v1/tokens").await.status, 200);
    assert_eq!(count(), 10);
}
