//! A new key is taken, the old one ends its calls and goes.

use super::{ASKED, Exchange, GENERATE, NEW, OLD, QUICK, THIRD, after, body};
use crate::support::{eventually, pass_until};
use ideogate::{
    domain::RecordBody,
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_changed_file_is_noticed_tried_for_free_and_used_by_new_calls() {
    let exchange = Exchange::start(QUICK).await;
    let client = exchange.app.client().await;
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("key", NEW);
    let old = exchange.safe_to_revoke("…aaaa").await;
    assert!(old.last_used.is_some());
    exchange.app.ideogram.reject_key(OLD);
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    assert_eq!(exchange.keys_at(GENERATE), [OLD, NEW]);
    assert_eq!(exchange.keys_at("/models"), [NEW], "one preflight");
    assert_eq!(exchange.app.ideogram.billed_images(), 2);
    assert_eq!(
        exchange.told(),
        ["key.adopt ideogram/…aaaa", "key.adopt ideogram/…bbbb", "key.retired ideogram/…aaaa"]
    );
    let records = exchange.records();
    assert_eq!(after(&records[1])["source"], "file");
    assert_eq!(after(&records[2])["safe_to_revoke"], true);
    assert_eq!(after(&records[0])["fingerprint"], after(&records[2])["fingerprint"]);
    let text = format!("{records:?}");
    assert!(!text.contains(OLD) && !text.contains(NEW));
}

#[tokio::test]
async fn who_exchanged_a_key_is_on_record_with_the_key_before_and_after() {
    let exchange = Exchange::start(ASKED).await;
    let admin = exchange.app.made_operator("root", "admin").await;
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("key", NEW);
    let reply = admin.post("/api/v1/keys/rotate", Some(&json!({}))).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let records = exchange.records();
    let adopted = records.iter().rfind(|record| record.action.as_ref() == "key.adopt").unwrap();
    assert!(adopted.principal.to_string().contains("root"), "{adopted:?}");
    let RecordBody::Admin(change) = &adopted.body else { panic!("{adopted:?}") };
    assert_eq!(
        (&change.before["version"], &change.after["version"]),
        (&json!("…aaaa"), &json!("…bbbb"))
    );
}

#[tokio::test]
async fn an_exchange_says_by_which_request_and_way_it_was_asked_for_and_a_look_changes_nothing() {
    let exchange = Exchange::start(ASKED).await;
    let app = &exchange.app;
    let root = app.made_operator("root", "admin").await;
    for (way, address, admin, key) in
        [("tcp", "127.0.0.1", root, NEW), ("socket", "socket", app.local_admin(), THIRD)]
    {
        // A key that nobody uses any more is told of whenever its calls have ended.
        let is_change = |entry: &ideogate::audit::Entry| {
            entry.metadata.more.after.is_some() && &*entry.action != "key.retired"
        };
        let changes = || app.all_entries().into_iter().filter(is_change).count();
        let before = changes();
        let reply = admin.post("/api/v1/keys/verify", None).await;
        assert_eq!((reply.status, changes()), (200, before), "{reply:?}");
        app.ideogram.accept_key(key);
        exchange.put("key", key);
        let reply = admin.post("/api/v1/keys/rotate", Some(&json!({}))).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let entry = app.all_entries().into_iter().rfind(|entry| &*entry.action == "key.adopt");
        let told = serde_json::to_value(entry.unwrap()).unwrap();
        let metadata = &told["metadata"];
        assert_eq!((&metadata["way"], &metadata["client_addr"]), (&json!(way), &json!(address)));
        assert_eq!(metadata["request_id"], reply.header("ideogate-request-id").unwrap(), "{told}");
        assert_eq!(metadata["after"]["version"], format!("…{}", &key[key.len() - 4..]), "{told}");
    }
}

#[tokio::test]
async fn a_call_that_was_sent_ends_with_the_old_key_which_is_not_told_to_be_safe_before() {
    let exchange = Exchange::start(ASKED).await;
    let client = exchange.app.client().await;
    exchange.app.ideogram.script(Script::new(Act::Hold).on(GENERATE));
    let slow = tokio::spawn({
        let client = client.clone();
        async move { client.post(GENERATE, &body()).await }
    });
    exchange.app.working(1).await;
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("key", NEW);
    let told = exchange.rotate(json!({})).await;
    assert_eq!((&told[0]["outcome"], &told[0]["current"]), (&json!("switched"), &json!("…bbbb")));
    let draining = exchange.becomes("…aaaa", "draining").await;
    assert_eq!((draining.in_flight, draining.safe_to_revoke), (1, false));
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    assert_eq!(exchange.keys_at(GENERATE), [OLD, NEW], "new calls do not wait for the old");
    assert!(!exchange.told().iter().any(|record| record.starts_with("key.retired")));

    exchange.app.ideogram.release();
    assert_eq!(slow.await.unwrap().status, 200);
    exchange.safe_to_revoke("…aaaa").await;
    assert_eq!(exchange.keys_at(GENERATE), [OLD, NEW]);
    let entries = exchange.app.sent_entries();
    let versions = entries.iter().map(|entry| entry.metadata.key_version.clone().unwrap());
    let mut versions: Vec<_> = versions.collect();
    versions.sort();
    assert_eq!(
        versions,
        ["…aaaa".into(), "…bbbb".into()],
        "the version that was used is on record"
    );
}

#[tokio::test]
async fn a_call_that_waits_after_a_429_keeps_its_key_and_is_waited_for() {
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
    assert_eq!(exchange.becomes("…aaaa", "draining").await.in_flight, 1);
    drop(others);
    assert_eq!(waiting.await.unwrap().status, 200);
    exchange.safe_to_revoke("…aaaa").await;
    assert!(exchange.keys_at(GENERATE).iter().all(|key| key == OLD));
}

#[tokio::test]
async fn connections_of_the_old_key_are_closed_before_it_is_told_to_be_safe() {
    let exchange = Exchange::start(ASKED).await;
    let client = exchange.app.client().await;
    client.post(GENERATE, &body()).await;
    let seen = exchange.app.ideogram.seen();
    let old_connection = seen.calls[0].connection;
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("key", NEW);
    exchange.rotate(json!({})).await;
    exchange.safe_to_revoke("…aaaa").await;
    client.post(GENERATE, &body()).await;
    let seen = exchange.app.ideogram.seen();
    let with_new = seen.calls.iter().filter(|call| call.header("api-key") == Some(NEW));
    for call in with_new {
        assert_ne!(call.connection, old_connection, "a connection never carries two keys");
    }
}

#[tokio::test]
async fn the_same_key_again_is_no_exchange_and_bills_and_asks_nothing() {
    let exchange = Exchange::start(ASKED).await;
    exchange.put("key", &format!("{OLD}\n"));
    let told = exchange.rotate(json!({})).await;
    assert_eq!(told[0]["outcome"], "unchanged");
    assert!(told[0]["words"].as_str().unwrap().contains("still holds …aaaa"), "{told}");
    assert_eq!(exchange.app.arrived(), 0);
    assert_eq!(exchange.told(), ["key.adopt ideogram/…aaaa"]);
}

#[tokio::test]
async fn going_back_to_a_key_that_still_drains_keeps_it() {
    let exchange = Exchange::start(ASKED).await;
    let client = exchange.app.client().await;
    exchange.app.ideogram.script(Script::new(Act::Hold).on(GENERATE));
    let slow = tokio::spawn({
        let client = client.clone();
        async move { client.post(GENERATE, &body()).await }
    });
    exchange.app.working(1).await;
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("key", NEW);
    exchange.rotate(json!({})).await;
    exchange.put("key", OLD);
    assert_eq!(exchange.rotate(json!({})).await[0]["current"], "…aaaa");
    exchange.safe_to_revoke("…bbbb").await;
    exchange.app.ideogram.release();
    assert_eq!(slow.await.unwrap().status, 200);
    assert_eq!(exchange.becomes("…aaaa", "current").await.in_flight, 0);
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    assert!(!exchange.told().contains(&"key.retired ideogram/…aaaa".to_owned()));
}

#[tokio::test]
async fn a_pending_generation_is_followed_with_the_new_key() {
    let exchange = Exchange::start(ASKED).await;
    let client = exchange.app.client_of(NewToken {
        environment: "app".to_owned(),
        name: "test".to_owned(),
        scopes: vec!["write:*".to_owned()],
        limits: AskedLimits {
            webhook_hosts: Asked::Is(vec!["hooks.example.com".to_owned()]),
            ..AskedLimits::default()
        },
        ..NewToken::default()
    });
    let client = client.await;
    exchange.app.ideogram.script(Script::new(Act::Hold).on("POST /v1/*"));
    let path = "/v1/ideogram-v4/async/generate?webhook_url=https%3A%2F%2Fhooks.example.com%2Fdone";
    let reply = client.post(path, &json!({"text_prompt": "a lighthouse"})).await;
    assert_eq!(reply.status, 200);
    exchange.app.ideogram.accept_key(NEW);
    exchange.put("key", NEW);
    exchange.rotate(json!({})).await;
    exchange.safe_to_revoke("…aaaa").await;
    exchange.app.ideogram.reject_key(OLD);
    let poll = format!("/v1/generations/{}", reply.json()["generation_id"].as_str().unwrap());
    let polled = async |count: usize| {
        let is_polled = || exchange.keys_at(&poll).len() >= count;
        pass_until("polled", Duration::from_secs(1), is_polled).await;
    };
    let before = exchange.keys_at(&poll).len();
    polled(before + 2).await;
    assert!(exchange.keys_at(&poll)[before..].iter().all(|key| key == NEW));
}

#[tokio::test]
async fn sighup_reads_files_at_once_and_does_not_take_the_next_key() {
    let files =
        [("IDEOGRAM_API_KEY_FILE", "key", OLD), ("IDEOGRAM_API_KEY_NEXT_FILE", "next", NEW)];
    let exchange = Exchange::with(ASKED, &files).await;
    exchange.app.ideogram.accept_key(NEW);
    exchange.app.ideogram.accept_key(THIRD);
    exchange.app.running.reload().ask();
    exchange.becomes("…bbbb", "next").await;
    exchange.becomes("…aaaa", "current").await;
    exchange.put("key", THIRD);
    exchange.app.running.reload().ask();
    exchange.safe_to_revoke("…aaaa").await;
    exchange.becomes("…cccc", "current").await;
    exchange.becomes("…bbbb", "next").await;
    let told = exchange.rotate(json!({"environment": "app"})).await;
    assert_eq!((&told[0]["outcome"], &told[0]["current"]), (&json!("switched"), &json!("…bbbb")));
    exchange.safe_to_revoke("…cccc").await;
}
