//! Each way to misbehave, and what it does to the bill.

use crate::vendor::{V3, Vendor, body, ok, until, v3_call};
use base64::{Engine, prelude::BASE64_STANDARD};
use ideogate::simulator::{Act, CallEnd, Encoding, Script};
use serde_json::json;
use std::{io::ErrorKind, time::Duration};

const CLOSE: &str = "Connection: close\r\n";

async fn played(act: Act) -> (Vendor, String, Option<ErrorKind>) {
    let vendor = Vendor::start().await;
    vendor.simulator.script(Script::new(act).on(V3));
    let (answer, end) = vendor.raw(&v3_call(CLOSE)).await;
    (vendor, String::from_utf8_lossy(&answer).into_owned(), end)
}

fn content(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[tokio::test]
async fn a_reset_without_an_answer_bills_nothing() {
    let (vendor, answer, end) = played(Act::ResetUnanswered).await;
    assert_eq!((answer.as_str(), end), ("", Some(ErrorKind::ConnectionReset)));
    let call = vendor.simulator.seen_when(|seen| seen.calls[0].end != CallEnd::Open).await;
    assert_eq!((call.calls[0].end, vendor.simulator.billed_images()), (CallEnd::Broken, 0));
}

#[tokio::test]
async fn a_reset_within_the_answer_bills() {
    for bytes in [0, 1, 40] {
        let (vendor, answer, end) = played(Act::ResetAfter { bytes }).await;
        assert_eq!((answer.len() as u64, end), (bytes, Some(ErrorKind::ConnectionReset)));
        assert_eq!(vendor.simulator.billed_images(), 1);
        let seen = vendor.simulator.seen_when(|seen| seen.calls[0].end != CallEnd::Open).await;
        assert_eq!((seen.calls[0].end, seen.calls[0].status), (CallEnd::Broken, Some(200)));
    }
}

#[tokio::test]
async fn a_truncated_answer_announces_more_than_it_holds() {
    for bytes in [0, 25] {
        let (vendor, answer, end) = played(Act::Truncate { bytes }).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        let line = answer.lines().find_map(|line| line.strip_prefix("content-length: "));
        let announced: usize = line.expect("a length").parse().expect("a number");
        assert!(announced > 100);
        assert_eq!((content(&answer).len() as u64, end), (bytes, None));
        assert_eq!(vendor.simulator.billed_images(), 1);
    }
}

#[tokio::test]
async fn an_answer_dribbles() {
    let vendor = Vendor::start().await;
    vendor.simulator.script(Script::new(Act::Trickle { bytes: 50, every_ms: 60_000 }));
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    body(ok(vendor.json(V3, &json!({"prompt": "a cat"})).await)).await;
    assert!(start.elapsed() > Duration::from_mins(5));
}

#[tokio::test]
async fn a_call_takes_longer() {
    let vendor = Vendor::start().await;
    let delay = Duration::from_mins(10);
    vendor.simulator.script(Script::new(Act::Usual).delayed(delay));
    vendor.simulator.script(Script::new(Act::status(503)).delayed(delay));
    tokio::time::pause();
    for status in [200, 503] {
        let start = tokio::time::Instant::now();
        assert_eq!(vendor.json(V3, &json!({"prompt": "a cat"})).await.status(), status);
        assert!(start.elapsed() >= delay);
    }
}

#[tokio::test]
async fn any_status_is_answered_with_its_usual_body_or_another() {
    let vendor = Vendor::start().await;
    for status in [401, 402, 403, 422, 429, 500, 502, 503] {
        vendor.simulator.script(Script::new(Act::status(status)));
        let response = vendor.json(V3, &json!({"prompt": "a cat"})).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["content-type"], "application/json");
    }
    vendor.simulator.script(Script::new(Act::status(429).with("retry-after", "7")));
    let response = vendor.json("/v2/image/generate/auto", &json!({"prompt": "a cat"})).await;
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(body(response).await["reject_reason"], "inflight_limit");
    vendor.simulator.script(Script::new(Act::page(504)));
    let response = vendor.json(V3, &json!({"prompt": "a cat"})).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (504, &"text/html".parse().expect("a type"))
    );
    assert_eq!(vendor.simulator.billed_images(), 0);
}

#[tokio::test]
async fn clients_are_sent_elsewhere() {
    let vendor = Vendor::start().await;
    vendor.simulator.script(Script::new(Act::redirect(302, "http://elsewhere.example/")).times(2));
    for _ in 0..2 {
        let response = vendor.json(V3, &json!({"prompt": "a cat"})).await;
        assert_eq!(response.status(), 302);
        assert_eq!(response.headers()["location"], "http://elsewhere.example/");
    }
    assert_eq!(vendor.json(V3, &json!({"prompt": "a cat"})).await.status(), 200);
}

#[tokio::test]
async fn the_key_comes_back_in_every_disguise() {
    for (encoding, expected) in [
        (Encoding::Raw, "api-key: simulator\n"),
        (Encoding::Json, r#""api-key":"simulator""#),
        (Encoding::JsonUnicode, r#""api-key":"\u0073\u0069\u006d"#),
        (Encoding::Url, "content-type: application%2Fjson\n"),
        (Encoding::UrlAll, "api-key: %73%69%6D%75"),
        (Encoding::Base64, "api-key: c2ltdWxhdG9y\n"),
    ] {
        let (vendor, answer, _) = played(Act::Echo { status: 502, encoding }).await;
        assert!(answer.starts_with("HTTP/1.1 502 "));
        assert!(content(&answer).contains(expected), "{encoding:?}: {answer}");
        assert_eq!(vendor.simulator.billed_images(), 0);
    }
}

#[tokio::test]
async fn the_key_comes_back_within_other_base64() {
    let encoding = Encoding::Base64Whole;
    let (_, answer, _) = played(Act::Echo { status: 200, encoding }).await;
    let plain = BASE64_STANDARD.decode(content(&answer)).expect("base64");
    assert!(String::from_utf8_lossy(&plain).contains("api-key: simulator\n"));
}

#[tokio::test]
async fn a_huge_answer_is_as_long_as_asked_for_and_json() {
    for bytes in [2, 3, 70_000] {
        let (_, answer, end) = played(Act::Huge { bytes }).await;
        assert_eq!((content(&answer).len() as u64, end), (bytes, None));
        assert!(serde_json::from_str::<String>(content(&answer)).is_ok());
    }
}

#[tokio::test]
async fn a_call_that_is_never_answered_keeps_its_places_until_the_client_leaves() {
    let vendor = Vendor::start().await;
    vendor.simulator.script(Script::new(Act::Hang));
    let (call, simulator) = (v3_call(CLOSE), &vendor.simulator);
    tokio::select! {
        _ = vendor.raw(&call) => panic!("it was answered"),
        () = until(|| simulator.places_in_flight() == 1) => {}
    }
    let seen = vendor.simulator.seen_when(|seen| seen.calls[0].end != CallEnd::Open).await;
    assert_eq!((seen.calls[0].end, seen.calls[0].status), (CallEnd::ClientGone, None));
    assert_eq!((vendor.simulator.places_in_flight(), vendor.simulator.billed_images()), (0, 0));
}

#[tokio::test]
async fn bytes_go_out_as_they_are() {
    let text = "HTTP/1.1 2OO OK\r\ncontent-length: 5, 6\r\n\r\nhello".to_owned();
    let (_, answer, _) = played(Act::Raw { text: text.clone() }).await;
    assert_eq!(answer, text);
    let (_, answer, _) = played(Act::status(101).with("upgrade", "websocket")).await;
    assert!(answer.starts_with("HTTP/1.1 101 Switching\r\nupgrade: websocket\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn an_answer_is_compressed_although_nobody_asked() {
    let vendor = Vendor::start().await;
    vendor.simulator.script(Script::new(Act::Gzip));
    let response = vendor.json(V3, &json!({"prompt": "a cat"})).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let bytes = response.bytes().await.expect("bytes");
    // One stored block: ten bytes of head, five of the block, eight of the end.
    let stored = &bytes[15..bytes.len() - 8];
    let answer: serde_json::Value = serde_json::from_slice(stored).expect("JSON");
    assert!(answer["data"].is_array());
    assert_eq!(bytes[bytes.len() - 8..bytes.len() - 4], crc32fast::hash(stored).to_le_bytes());
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_the_answer() {
    let vendor = Vendor::start().await;
    vendor.simulator.script(Script::new(Act::CloseAfterAnswer));
    let (answer, end) = vendor.raw(&v3_call("")).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(!answer.to_lowercase().contains("connection: close"), "{answer}");
    assert!(serde_json::from_str::<serde_json::Value>(content(&answer)).is_ok());
    assert_eq!(end, None);
    assert_eq!(vendor.simulator.seen().calls[0].end, CallEnd::Answered);
}

#[tokio::test]
async fn failed_work_is_not_billed() {
    let (vendor, answer, _) = played(Act::Fail).await;
    assert!(answer.starts_with("HTTP/1.1 500 "));
    assert_eq!((vendor.simulator.billed_images(), vendor.simulator.places_in_flight()), (0, 0));
}
