//! A bad new key is not used, and the old one stays.

use super::{ASKED, Exchange, GENERATE, NEW, OLD, QUICK, after, body};
use crate::support::pass;
use ideogate::simulator::{Act, Script};
use serde_json::json;
use std::{fs, time::Duration};

#[tokio::test]
async fn a_key_that_ideogram_does_not_take_is_refused_once_and_the_old_one_stays() {
    let exchange = Exchange::start(QUICK).await;
    let client = exchange.app.client().await;
    exchange.put("key", NEW);
    let refused = exchange.becomes("…bbbb", "refused").await;
    assert_eq!(refused.note.as_deref(), Some("Ideogram answered 401 to it"));
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    // Noticed again, and not asked about again.
    exchange.put("key", NEW);
    for _ in 0..10 {
        pass(Duration::from_millis(20)).await;
        exchange.list().await;
    }
    assert_eq!(exchange.keys_at("/models"), [NEW]);
    assert_eq!(exchange.keys_at(GENERATE), [OLD]);
    assert_eq!(exchange.told(), ["key.adopt ideogram/…aaaa", "key.refused ideogram/…bbbb"]);
    let records = exchange.records();
    assert_eq!(after(&records[1])["reason"], "Ideogram answered 401 to it");
    // An operator's word asks again.
    exchange.app.ideogram.accept_key(NEW);
    assert_eq!(exchange.rotate(json!({})).await[0]["outcome"], "switched");
    exchange.safe_to_revoke("…aaaa").await;
    assert!(exchange.list().await.iter().all(|view| view.state != "refused"));
}

#[tokio::test]
async fn files_that_hold_no_key_are_refused_in_clear_words() {
    let exchange = Exchange::start(ASKED).await;
    for (content, told) in [
        ("", "the file is empty"),
        ("two words", "the file holds a space, a line break or another character no key has"),
        (
            "with-a-*-in-it",
            "the key has a character that no key has: a blank, a line break, '*', or not ASCII",
        ),
    ] {
        exchange.put("key", content);
        let answer = exchange.rotate(json!({})).await;
        assert_eq!(answer[0]["outcome"], "refused");
        let words = answer[0]["words"].as_str().unwrap();
        assert!(words.contains(told) && words.contains("…aaaa stays in use"), "{words}");
        assert!(content.is_empty() || !words.contains(content), "{words}");
    }
    fs::remove_file(exchange.path("key")).unwrap();
    let answer = exchange.rotate(json!({})).await;
    assert!(answer[0]["words"].as_str().unwrap().contains("the file is not there"), "{answer}");
    assert_eq!(exchange.app.arrived(), 0, "nothing was asked");
    assert_eq!(exchange.app.client().await.post(GENERATE, &body()).await.status, 200);
    assert_eq!(exchange.told().len(), 5);
}

#[tokio::test]
async fn a_preflight_without_a_clear_answer_keeps_the_old_key_and_is_tried_again() {
    let exchange = Exchange::start(QUICK).await;
    let client = exchange.app.client().await;
    exchange.app.ideogram.accept_key(NEW);
    exchange.app.ideogram.script(Script::new(Act::ResetUnanswered).on("/models"));
    exchange.app.ideogram.script(Script::new(Act::status(500)).on("/models"));
    exchange.put("key", NEW);
    exchange.becomes("…bbbb", "waiting").await;
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    assert_eq!(exchange.keys_at(GENERATE), [OLD]);
    exchange.safe_to_revoke("…aaaa").await;
    assert_eq!(exchange.keys_at("/models").len(), 3, "two that said nothing, one that did");
    assert!(!exchange.told().iter().any(|record| record.starts_with("key.refused")));
}

#[tokio::test]
async fn a_retired_key_that_comes_back_is_refused_unless_an_operator_insists() {
    let exchange = Exchange::start(ASKED).await;
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("key", NEW);
    exchange.rotate(json!({})).await;
    exchange.safe_to_revoke("…aaaa").await;
    let before = exchange.app.arrived();
    exchange.put("key", OLD);
    let answer = exchange.rotate(json!({})).await;
    let words = answer[0]["words"].as_str().unwrap();
    assert!(words.contains("it was retired at") && words.contains("…bbbb stays"), "{words}");
    assert_eq!(exchange.app.arrived(), before, "it is not even asked about");
    let answer = exchange.rotate(json!({"allow_retired": true})).await;
    assert_eq!(answer[0]["current"], "…aaaa");
    exchange.safe_to_revoke("…bbbb").await;
}
