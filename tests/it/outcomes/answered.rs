//! Ideogram's own words: passed on unchanged, places free, never sent twice.

use super::{Ended, GENERATE, body};
use ideogate::{domain::Usd, simulator::Act};
use insta::assert_snapshot;

#[tokio::test]
async fn a_success_is_charged_and_its_places_are_free() {
    let ended = Ended::with("", None).await;
    assert_snapshot!(ended, @"200 from ideogram | sent 1, billed 2 | held 0 | success after 200: -");
    let entry = &ended.app.sent_entries()[0];
    assert!(entry.metadata.cost_usd.is_some());
    assert_eq!(entry.metadata.more.images, Some(2));
}

#[tokio::test]
async fn refusals_of_ideogram_are_passed_on_and_cost_nothing() {
    for status in [400, 402, 403, 404, 413, 415, 422, 500] {
        let ended = Ended::after(Act::status(status)).await;
        let expected = format!(
            "{status} from upstream | sent 1, billed 0 | held 0 | failed after {status}: -"
        );
        assert_eq!(ended.to_string(), expected);
        let entry = &ended.app.sent_entries()[0];
        assert_eq!(entry.metadata.cost_usd.map(Usd::as_micros), Some(0), "{entry:?}");
        assert!(ended.reply.json()["error"].is_string());
        // Without balance the next calls as dear are stopped here; all others are new calls.
        if status != 402 {
            let again = ended.client.post(GENERATE, &body()).await;
            assert_eq!((again.status, ended.app.arrived()), (200, 2));
        }
    }
}

#[tokio::test]
async fn a_safety_refusal_comes_back_byte_for_byte() {
    let words = r#"{ "error":"the prompt\u0020did not pass",  "n": 1.0 }"#;
    let ended = Ended::after(Act::json(422, words)).await;
    assert_eq!(ended.reply.body, words);
    assert_eq!(ended.reply.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn server_errors_are_known_to_have_failed_where_ideogram_says_so() {
    for act in [
        Act::page(500),
        Act::page(503),
        Act::json(503, r#"{"error":"later"}"#),
        Act::json(507, r#"{"error":"full"}"#),
    ] {
        let ended = Ended::after(act).await;
        let status = ended.reply.status;
        let expected = format!(
            "{status} from upstream | sent 1, billed 0 | held 0 | failed after {status}: -"
        );
        assert_eq!(ended.to_string(), expected);
    }
}

#[tokio::test]
async fn a_429_that_is_not_about_places_is_passed_on_at_once() {
    let words = r#"{"error":"too fast","reject_reason":"rate_limit"}"#;
    let ended = Ended::after(Act::json(429, words).with("retry-after", "7")).await;
    assert_snapshot!(ended, @"429 from upstream | sent 1, billed 0 | held 0 | failed after 429: -");
    assert_eq!(ended.reply.body, words);
    assert_eq!(ended.reply.header("retry-after"), Some("7"));
    assert!(ended.app.attempts().is_empty(), "it is no drift");
    assert_eq!(ended.app.account().effective_cap, 10);
}

#[tokio::test]
async fn a_failed_generation_costs_nothing() {
    let ended = Ended::after(Act::Fail).await;
    assert_snapshot!(ended, @"500 from upstream | sent 1, billed 0 | held 0 | failed after 500: -");
}

#[tokio::test]
async fn a_refusal_that_cannot_be_read_is_unreachable_and_may_be_tried_again() {
    let text = "HTTP/1.1 422 Nope\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    let ended = Ended::after(Act::Raw { text: text.to_owned() }).await;
    assert_snapshot!(ended, @"502 upstream_unreachable | sent 1, billed 0 | held 0 | failed after 422: truncated");
}
