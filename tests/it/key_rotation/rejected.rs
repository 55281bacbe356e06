//! Ideogram rejects the key in use: the staged one takes over, or nothing is sent.

use super::{ASKED, Exchange, GENERATE, NEW, OLD, THIRD, after, body};
use crate::support::{Socket, eventually, pass};
use ideogate::simulator::{Act, Script, Seen};
use insta::assert_snapshot;
use serde_json::json;
use std::time::Duration;

const STAGED: [(&str, &str, &str); 2] =
    [("IDEOGRAM_API_KEY_FILE", "key", OLD), ("IDEOGRAM_API_KEY_NEXT_FILE", "next", NEW)];

/// Starts with a next key that is staged.
async fn staged() -> Exchange {
    let exchange = Exchange::with(ASKED, &STAGED).await;
    exchange.becomes("…bbbb", "next").await;
    exchange
}

#[tokio::test]
async fn the_staged_key_takes_over_within_the_call_that_found_the_old_one_rejected() {
    let exchange = staged().await;
    let client = exchange.app.client().await;
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    exchange.app.ideogram.reject_key(OLD);
    let body = body();
    let replies = tokio::join!(
        client.post(GENERATE, &body),
        client.post(GENERATE, &body),
        client.post(GENERATE, &body),
        client.post(GENERATE, &body),
    );
    let statuses = [replies.0.status, replies.1.status, replies.2.status, replies.3.status];
    assert_eq!(statuses, [200; 4], "no client sees the rejection");
    assert_eq!(exchange.app.ideogram.billed_images(), 5, "and none pays twice");
    let asked = exchange.keys_at("/models").into_iter().filter(|key| key == OLD).count();
    assert_eq!(asked, 1, "one question for all of them");
    exchange.safe_to_revoke("…aaaa").await;
    assert_eq!(
        exchange.told(),
        [
            "key.adopt ideogram/…aaaa",
            "key.rejected ideogram/…aaaa",
            "key.adopt ideogram/…bbbb",
            "key.retired ideogram/…aaaa"
        ]
    );
    assert_eq!(after(&exchange.records()[1])["next"], "…bbbb");
    let attempts = exchange.app.attempts();
    assert!(!attempts.is_empty() && attempts.iter().all(|status| *status == 401), "{attempts:?}");
    assert_eq!(exchange.app.places(), (0, 0, 0));
}

#[tokio::test]
async fn a_client_that_leaves_while_its_key_is_asked_about_is_not_sent_for_with_the_staged_one() {
    let exchange = staged().await;
    let app = &exchange.app;
    let client = app.client().await;
    app.ideogram.reject_key(OLD);
    app.ideogram.script(Script::new(Act::Hold).on("/models"));
    let before = exchange.keys_at("/models").len();
    let mut socket = Socket::open(app).await;
    socket.post(&client, GENERATE, &body().to_string()).await;
    app.ideogram.seen_when(|seen| asked(seen) > before).await;
    drop(socket);
    app.ideogram.release();
    app.places_become((0, 0, 0)).await;
    let outcome = || app.sent_entries()[0].metadata.outcome;
    eventually("its end is on record", || outcome().as_str() == "failed").await;
    let entry = &app.sent_entries()[0];
    assert_eq!(exchange.keys_at(GENERATE), [OLD]);
    assert_eq!(app.ideogram.billed_images(), 0);
    assert_eq!(entry.metadata.more.reason.as_deref(), Some("client gone before sending"));
    // Its retry is not kept waiting, and goes out with the key that took over.
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    assert_eq!(exchange.keys_at(GENERATE), [OLD, NEW]);
}

/// Counts the questions about keys.
fn asked(seen: &Seen) -> usize {
    seen.calls.iter().filter(|call| call.path() == "/models").count()
}

#[tokio::test]
async fn an_unconfirmed_401_changes_no_key() {
    let exchange = staged().await;
    let client = exchange.app.client().await;
    exchange.app.ideogram.script(Script::new(Act::status(401)).on(GENERATE));
    assert_eq!(client.post(GENERATE, &body()).await.status, 401);
    exchange.becomes("…aaaa", "current").await;
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    assert_eq!(exchange.keys_at(GENERATE), [OLD, OLD]);
}

#[tokio::test]
async fn both_keys_rejected_is_503_without_a_storm_and_one_free_question_in_half_a_minute() {
    let exchange = staged().await;
    let client = exchange.app.client().await;
    exchange.app.ideogram.reject_key(OLD);
    exchange.app.ideogram.reject_key(NEW);
    assert_snapshot!(client.post(GENERATE, &body()).await.problem(), @"502 upstream_rejected_key");
    exchange.becomes("…bbbb", "refused").await;
    exchange.becomes("…aaaa", "rejected").await;
    let before = exchange.app.arrived();
    for _ in 0..20 {
        let reply = client.post(GENERATE, &body()).await;
        assert_eq!(reply.problem(), "503 environment_unavailable");
        let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
    }
    assert_eq!(exchange.app.arrived(), before, "not one byte to Ideogram");
    pass(Duration::from_secs(31)).await;
    let client = exchange.app.client().await;
    let body = body();
    let replies = tokio::join!(client.post(GENERATE, &body), client.post(GENERATE, &body));
    assert_eq!((replies.0.status, replies.1.status), (503, 503));
    assert_eq!(exchange.app.arrived(), before + 1, "one free question");
    assert_eq!(exchange.app.ideogram.billed_images(), 0);
    // A good key ends it, without waiting for the half minute.
    exchange.app.ideogram.accept_key(THIRD);
    exchange.put("key", THIRD);
    assert_eq!(exchange.rotate(json!({})).await[0]["outcome"], "switched");
    assert_eq!(client.post(GENERATE, &body).await.status, 200);
    let rejections = exchange.told().into_iter().filter(|told| told.starts_with("key.rejected"));
    assert_eq!(rejections.count(), 1, "{:?}", exchange.told());
}

#[tokio::test]
async fn a_call_whose_old_key_is_revoked_too_early_goes_on_with_the_new_one() {
    let exchange = Exchange::start(ASKED).await;
    let client = exchange.app.client().await;
    let others = exchange.app.ideogram.occupy(10);
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.post(GENERATE, &body()).await }
    });
    eventually("a 429", || !exchange.app.attempts().is_empty()).await;
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("key", NEW);
    exchange.rotate(json!({})).await;
    exchange.app.ideogram.reject_key(OLD);
    drop(others);
    assert_eq!(waiting.await.unwrap().status, 200);
    assert_eq!(exchange.keys_at(GENERATE).last().unwrap(), NEW);
    assert_eq!(exchange.app.ideogram.billed_images(), 1);
}

#[tokio::test]
async fn operators_see_a_rejected_key() {
    let exchange = Exchange::start(ASKED).await;
    exchange.app.ideogram.reject_key(OLD);
    let said = exchange.app.tell("/api/v1/keys/verify", &json!({})).await;
    assert_eq!((&said[0]["version"], &said[0]["verdict"]), (&json!("…aaaa"), &json!("rejected")));
    exchange.becomes("…aaaa", "rejected").await;
    let environment = exchange.app.ask("/api/v1/environments/app").await;
    assert_eq!(environment["key"]["status"], "rejected");
    exchange.app.ideogram.accept_key(OLD);
    exchange.app.tell("/api/v1/keys/verify", &json!({})).await;
    let environment = exchange.app.ask("/api/v1/environments/app").await;
    assert_eq!(environment["key"]["status"], "present");
    assert_eq!(exchange.app.ideogram.billed_images(), 0);
}
