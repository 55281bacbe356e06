//! Sent, and nobody can say what became of it: places held, never sent again, retries discouraged.

use super::{Ended, GENERATE, body};
use crate::support::{TestApp, eventually, pass_until};
use ideogate::simulator::{Act, Script};
use insta::assert_snapshot;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_reset_before_the_first_byte_of_the_answer_is_unknown() {
    let ended = Ended::after(Act::ResetUnanswered).await;
    assert_snapshot!(ended, @"502 outcome_unknown, do not retry | sent 1, billed 0 | held 2 | unknown after -: reset");
}

#[tokio::test]
async fn a_reset_of_work_that_was_done_is_unknown() {
    let ended = Ended::after(Act::ResetAfter { bytes: 0 }).await;
    assert_snapshot!(ended, @"502 outcome_unknown, do not retry | sent 1, billed 2 | held 2 | unknown after -: reset");
}

#[tokio::test]
async fn a_reset_within_the_head_of_the_answer_is_unknown() {
    let ended = Ended::after(Act::ResetAfter { bytes: 20 }).await;
    assert_snapshot!(ended, @"502 outcome_unknown, do not retry | sent 1, billed 2 | held 2 | unknown after -: reset");
}

#[tokio::test]
async fn a_success_that_is_cut_off_is_unknown_and_charged_in_full() {
    let ended = Ended::after(Act::Truncate { bytes: 10 }).await;
    assert_snapshot!(ended, @"502 outcome_unknown, do not retry | sent 1, billed 2 | held 2 | unknown after 200: truncated");
    let entry = &ended.app.sent_entries()[0];
    assert!(entry.metadata.more.reserved_usd.is_some());
    assert_eq!(entry.metadata.cost_usd, entry.metadata.more.reserved_usd);
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_unknown() {
    let ended = Ended::with("[accounts.ideogram]\ntimeout = \"1s\"", Some(Act::Hang)).await;
    assert_snapshot!(ended, @"502 outcome_unknown, do not retry | sent 1, billed 0 | held 2 | unknown after -: timeout");
    assert_eq!(ended.app.sent_entries()[0].metadata.cost_usd, None, "nobody knows yet");
}

#[tokio::test]
async fn a_success_that_dribbles_for_too_long_is_charged_in_full() {
    let act = Act::Trickle { bytes: 1, every_ms: 200 };
    let ended = Ended::with("[accounts.ideogram]\ntimeout = \"1s\"", Some(act)).await;
    assert_snapshot!(ended, @"502 outcome_unknown, do not retry | sent 1, billed 2 | held 2 | unknown after 200: timeout");
}

#[tokio::test]
async fn redirects_are_neither_followed_nor_passed_on() {
    for status in [301, 302, 303, 307, 308] {
        let ended = Ended::after(Act::redirect(status, "/v1/ideogram-v3/remix")).await;
        insta::allow_duplicates! {
            assert_snapshot!(ended, @"502 upstream_protocol_error, do not retry | sent 1, billed 0 | held 2 | unknown after -: redirect");
        }
        assert_eq!(ended.reply.header("location"), None);
    }
}

#[tokio::test]
async fn switching_protocols_is_not_an_answer() {
    let act = Act::Answer { status: 101, headers: Vec::new(), body: None };
    let ended = Ended::after(act.with("upgrade", "websocket").with("connection", "upgrade")).await;
    assert_snapshot!(ended, @"502 upstream_protocol_error, do not retry | sent 1, billed 0 | held 2 | unknown after -: protocol");
}

#[tokio::test]
async fn what_is_not_http_is_not_an_answer() {
    for text in ["hello\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"]
    {
        let ended = Ended::after(Act::Raw { text: text.to_owned() }).await;
        insta::allow_duplicates! {
            assert_snapshot!(ended, @"502 upstream_protocol_error, do not retry | sent 1, billed 0 | held 2 | unknown after -: protocol");
        }
    }
}

#[tokio::test]
async fn gateways_before_ideogram_are_passed_on_without_an_invitation_to_retry() {
    for status in [502, 504, 520, 524] {
        let ended = Ended::after(Act::page(status)).await;
        let expected = format!(
            "{status} from upstream, do not retry | sent 1, billed 0 | held 2 | unknown after {status}: gateway"
        );
        assert_eq!(ended.to_string(), expected);
        assert_eq!(ended.reply.header("content-type"), Some("text/html"));
        let page = format!("<html><body><h1>{status}</h1></body></html>");
        assert_eq!(ended.reply.body, page);
    }
}

#[tokio::test]
async fn an_identical_retry_of_an_unknown_call_sends_nothing_for_ten_minutes() {
    let Ended { app, client, .. } = Ended::after(Act::ResetAfter { bytes: 0 }).await;
    for _ in 0..2 {
        let retry = client.post(GENERATE, &body()).await;
        assert_eq!(retry.problem(), "502 outcome_unknown");
        assert_eq!(retry.header("x-should-retry"), Some("false"));
    }
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (1, 2));
    app.entry_of("outcome_unknown").await;
    app.clock.advance(Duration::from_secs(601));
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    assert_eq!((app.arrived(), app.ideogram.billed_images()), (2, 4));
}

#[tokio::test]
async fn another_call_is_not_kept_back_by_an_unknown_one() {
    let Ended { app, client, .. } = Ended::after(Act::ResetUnanswered).await;
    let other = json!({"prompt": "another lighthouse", "num_images": 2});
    assert_eq!(client.post(GENERATE, &other).await.status, 200);
    assert_eq!(app.client().await.post(GENERATE, &body()).await.status, 200);
    assert_eq!(app.arrived(), 3);
}

#[tokio::test]
async fn an_unknown_call_is_still_unknown_after_a_restart() {
    let Ended { app, client, .. } = Ended::after(Act::ResetUnanswered).await;
    let app = app.restart().await;
    assert_eq!(app.places(), (2, 2, 0));
    let client = crate::support::Client::new(app.url(), &client.token);
    let retry = client.post(GENERATE, &body()).await;
    assert_snapshot!(retry.problem(), @"502 outcome_unknown");
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn places_of_an_unknown_call_are_held_for_their_time_and_no_longer() {
    let Ended { app, client, .. } = Ended::after(Act::ResetUnanswered).await;
    app.clock.advance(Duration::from_secs(1));
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    client.post(GENERATE, &json!({"prompt": "another lighthouse"})).await;
    assert_eq!(app.places(), (3, 3, 0));
    // The first one's time is up; the other, a second younger, shows that it was not up before.
    app.clock.advance(Duration::from_secs(119));
    pass_until("one is freed", Duration::from_secs(1), || app.places() == (1, 1, 0)).await;
    app.clock.advance(Duration::from_secs(1));
    app.places_become((0, 0, 0)).await;
}

#[tokio::test]
async fn an_operator_frees_the_places_of_an_unknown_call_at_once_and_on_record() {
    let Ended { app, .. } = Ended::after(Act::ResetUnanswered).await;
    let call = app.sent_entries()[0].metadata.call_id.clone().unwrap();
    let path = format!("/api/v1/queue/release/{call}");
    assert_eq!(app.operator("POST", &path).await, 200);
    assert_eq!(app.places(), (0, 0, 0));
    let released = |entry: &ideogate::audit::Entry| &*entry.action == "queue.release";
    let entries = app.all_entries();
    let entry = entries.iter().find(|entry| released(entry)).unwrap();
    assert_eq!(&*entry.resource, call.as_str());
    assert_eq!(app.operator("POST", &path).await, 409, "it holds nothing any more");
    let app = app.restart().await;
    assert_eq!(app.places(), (0, 0, 0), "and not after a restart either");
}

#[tokio::test]
async fn held_places_keep_others_waiting() {
    let settings = crate::support::TestSettings {
        toml: "[accounts.ideogram]\nmax_in_flight = 3".to_owned(),
        ..Default::default()
    };
    let app = TestApp::with(settings).await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    assert_eq!(client.post(GENERATE, &body()).await.status, 502);
    let other = json!({"prompt": "another lighthouse", "num_images": 2});
    let waits = tokio::spawn(async move { client.post(GENERATE, &other).await });
    eventually("a call waits", || app.places() == (2, 2, 1)).await;
    let call = app.sent_entries()[0].metadata.call_id.clone().unwrap();
    assert_eq!(app.arrived(), 1);
    assert_eq!(app.operator("POST", &format!("/api/v1/queue/release/{call}")).await, 200);
    assert_eq!(waits.await.unwrap().status, 200);
}
