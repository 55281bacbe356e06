//! Answers that the gateway makes itself, as clients read them.

use crate::{
    domain::{ErrorCode, RequestId, Scope, Timestamp},
    web::{ClientError, HelpLinks, ProtocolFault, RejectReason, WaitTold, header},
};
use http::{HeaderMap, header as standard};
use http_body_util::BodyExt;
use std::time::Duration;

fn id() -> RequestId {
    RequestId::from_stored("req_1")
}

async fn parts(problem: ClientError) -> (HeaderMap, String) {
    let (head, body) = problem.into_response(&id(), &HelpLinks::default()).into_parts();
    assert_eq!(head.headers[header::REQUEST_ID], "req_1");
    assert_eq!(head.headers[header::ERROR_SOURCE], "gateway");
    assert_eq!(head.headers[standard::CONTENT_TYPE], "application/json");
    let bytes = body.collect().await.unwrap().to_bytes();
    (head.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn the_shape_is_the_one_that_clients_parse() {
    let (headers, json) = parts(ClientError::scope_missing(Scope::WriteGenerate)).await;
    insta::assert_snapshot!(json, @r#"{"error":"the token may not generate images: it lacks write:generate","message":"the token may not generate images: it lacks write:generate","code":"scope_missing","status":403,"request_id":"req_1","source":"gateway","retryable":false,"doc":"/_ideogate/errors/scope_missing","scope":"write:generate"}"#);
    let challenge = headers[standard::WWW_AUTHENTICATE].to_str().unwrap();
    insta::assert_snapshot!(challenge, @r#"Bearer realm="ideogate", error="insufficient_scope", scope="write:generate""#);
}

#[tokio::test]
async fn a_cap_that_is_reached_speaks_ideograms_own_words() {
    let problem = ClientError::new(ErrorCode::QueueTimeout, "no place became free");
    let problem = problem.max_inflight_requests(10).reject_reason(RejectReason::InflightLimit);
    let problem = problem.rule("account.max_in_flight").retry_after(Duration::from_millis(1200));
    let wait = WaitTold { waited_ms: 120_003, allowed_ms: 120_000, allowed_by: "settings" };
    let problem = problem.wait(wait);
    let (headers, json) = parts(problem).await;
    insta::assert_snapshot!(json, @r#"{"error":"no place became free","message":"no place became free","code":"queue_timeout","status":429,"request_id":"req_1","source":"gateway","retryable":true,"reject_reason":"inflight_limit","doc":"/_ideogate/errors/queue_timeout","max_inflight_requests":10,"rule":"account.max_in_flight","waited_ms":120003,"allowed_ms":120000,"allowed_by":"settings"}"#);
    assert_eq!(headers[standard::RETRY_AFTER], "2");
    assert!(!headers.contains_key(header::SHOULD_RETRY));
}

#[tokio::test]
async fn a_budget_says_which_and_until_when_and_forbids_retries() {
    let problem = ClientError::new(ErrorCode::BudgetExceeded, "the day's budget is used up");
    let (headers, json) = parts(problem.budget("token daily", Timestamp::from_micros(0))).await;
    assert!(json.contains(r#""reject_reason":"daily_limit""#), "{json}");
    assert!(json.contains(r#""resets_at":"1970-01-01T00:00:00.000000Z""#), "{json}");
    assert_eq!(headers[header::SHOULD_RETRY], "false");
    assert!(!headers.contains_key(standard::RETRY_AFTER));
}

#[test]
fn nothing_that_could_be_billed_twice_is_retried_by_itself() {
    for code in ErrorCode::ALL.iter().copied() {
        let response = ClientError::new(code, "x").into_response(&id(), &HelpLinks::default());
        let forbidden = response.headers().contains_key(header::SHOULD_RETRY);
        let is_retried_by_clients = code.status() >= 500 || code.status() == 402;
        assert_eq!(forbidden, is_retried_by_clients && !code.is_retryable(), "{code}");
        let says_when = response.headers().contains_key(standard::RETRY_AFTER);
        assert!(says_when || !matches!(code.status(), 429 | 503), "{code}");
        assert!(!says_when || code.is_retryable(), "{code}");
    }
}

/// A null ends the process of a widely used kind of generated client.
#[tokio::test]
async fn no_error_body_holds_a_null_whatever_its_code() {
    for code in ErrorCode::ALL.iter().copied() {
        let bare = ClientError::new(code, "x");
        let full = bare.clone().field("f").rule("r").budget("b", Timestamp::from_micros(0));
        let full = full.max_inflight_requests(1).reject_reason(RejectReason::FeatureLimit);
        for problem in [bare, full] {
            let (_, json) = parts(problem).await;
            let json: serde_json::Map<_, _> = serde_json::from_str(&json).unwrap();
            assert!(json.values().all(|value| !value.is_null()), "{json:?}");
            assert_eq!(json["code"], code.as_str());
        }
    }
    for problem in [
        ClientError::token_missing(),
        ClientError::token_invalid(),
        ClientError::scope_missing(Scope::WriteGenerate),
        ClientError::fault(ProtocolFault::HostMissing),
        ClientError::fault(ProtocolFault::RequestLine),
    ] {
        let (_, json) = parts(problem).await;
        assert!(!json.contains("null"), "{json}");
    }
}

#[tokio::test]
async fn tokens_that_are_not_valid_read_alike() {
    let (headers, json) = parts(ClientError::token_invalid()).await;
    let challenge = headers[standard::WWW_AUTHENTICATE].to_str().unwrap();
    assert!(challenge.starts_with("Bearer ") && challenge.contains("invalid_token"));
    assert!(json.contains(r#""status":401"#));
    let (headers, _) = parts(ClientError::token_missing()).await;
    assert_eq!(headers[standard::WWW_AUTHENTICATE], r#"Bearer realm="ideogate""#);
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let problem = ClientError::new(ErrorCode::MethodNotAllowed, "only POST works here");
    let (headers, _) = parts(problem.allow("POST")).await;
    assert_eq!(headers[standard::ALLOW], "POST");
}

#[test]
fn a_message_with_anything_in_it_stays_json() {
    let problem =
        ClientError::new(ErrorCode::MalformedRequest, "a \"quote\"\r\nX: y").field("a\0b");
    let json: serde_json::Value =
        serde_json::from_str(&problem.json(&id(), &HelpLinks::default())).unwrap();
    assert_eq!(json["message"], "a \"quote\"\r\nX: y");
    assert_eq!(json["field"], "a\0b");
}
