//! The process is asked to end.

use crate::support::{Client, Home, Raw, Reply, until};
use ideogate::simulator::{Act, Script};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{task::JoinHandle, time::timeout};

const GENERATE: &str = "/v1/ideogram-v3/generate";

fn body(prompt: &str) -> Value {
    json!({"prompt": prompt})
}

fn post(client: &Client, prompt: &str) -> JoinHandle<Reply> {
    let (client, body) = (client.clone(), body(prompt));
    tokio::spawn(async move { client.post(GENERATE, &body).await })
}

async fn one_place() -> Home {
    let home = Home::new().await;
    home.change("[accounts.ideogram]\nmax_in_flight = 1\n");
    home
}

async fn queued(home: &Home, count: u32) {
    until("queued", async || (home.queue().await["queued"] == count).then_some(())).await;
}

#[tokio::test]
async fn asked_to_end_it_sends_queued_calls_away_and_finishes_those_at_ideogram() {
    let home = one_place().await;
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hold));
    let sent = post(&client, "sent");
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let waiting = [post(&client, "waiting"), post(&client, "waiting too")];
    queued(&home, 2).await;
    gateway.signal(Signal::TERM);
    for call in waiting {
        let reply = call.await.unwrap();
        assert_eq!(reply.problem(), "503 draining");
        assert!(reply.header("retry-after").is_some());
    }
    assert!(!sent.is_finished());
    home.ideogram.release();
    let reply = sent.await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    let status = gateway.ended().await;
    assert_eq!(status.code(), Some(0), "{}", gateway.log());
    assert!(!home.data().join("admin.sock").exists(), "the socket is left behind");
    home.verify().await;
    let _gateway = home.start().await;
    let outcomes: Vec<_> =
        home.calls().await.iter().map(|entry| entry["metadata"]["outcome"].clone()).collect();
    assert_eq!(outcomes, ["success", "refused", "refused"]);
    assert_eq!(home.ideogram.seen().calls.len(), 1);
}

#[tokio::test]
async fn while_it_drains_operators_and_balancers_are_told_that_it_is_not_ready() {
    let home = one_place().await;
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    let operators = Client::new(gateway.ready.admin.clone(), "");
    assert_eq!(operators.get("/readyz").await.status, 200);
    home.ideogram.script(Script::new(Act::Hold));
    let sent = post(&client, "sent");
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    gateway.signal(Signal::TERM);
    let operators = Client::new(gateway.ready.admin.clone(), "");
    let draining = async || {
        let reply = operators.get("/readyz").await;
        (reply.status == 503).then_some(reply)
    };
    let reply = until("draining", draining).await;
    assert!(String::from_utf8_lossy(&reply.body).contains("shutting down"), "{reply:?}");
    assert_eq!(operators.get("/healthz").await.status, 200, "it lives");
    assert_eq!(home.queue().await["in_use"], 1, "operators see what it waits for");
    home.ideogram.release();
    assert_eq!(sent.await.unwrap().status, 200);
    assert_eq!(gateway.ended().await.code(), Some(0), "{}", gateway.log());
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once_and_the_record_is_whole() {
    for (second, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let home = one_place().await;
        let mut gateway = home.start().await;
        let client = home.client(&gateway).await;
        home.ideogram.script(Script::new(Act::Hold));
        let sent = post(&client, "sent");
        home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
        let waiting = post(&client, "waiting");
        queued(&home, 1).await;
        gateway.signal(Signal::TERM);
        assert_eq!(waiting.await.unwrap().problem(), "503 draining");
        gateway.signal(second);
        assert_eq!(gateway.ended().await.code(), Some(code), "{}", gateway.log());
        sent.abort();
        home.verify().await;
        let _gateway = home.start().await;
        let entry = home.calls().await.remove(0);
        assert_eq!(entry["metadata"]["outcome"], "unknown", "{entry}");
        assert_eq!(home.queue().await["unknown"], 1);
    }
}

#[tokio::test]
async fn the_deadline_ends_calls_that_never_end() {
    let home = one_place().await;
    home.change("[shutdown]\ndeadline = \"200ms\"\n");
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hold));
    let sent = post(&client, "sent");
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    gateway.signal(Signal::INT);
    assert_eq!(gateway.ended().await.code(), Some(0), "{}", gateway.log());
    assert!(gateway.log().contains("unknown at the next start"), "{}", gateway.log());
    assert!(!gateway.log().contains("client went away"), "it did not: {}", gateway.log());
    sent.abort();
    home.verify().await;
    let _gateway = home.start().await;
    assert_eq!(home.queue().await["unknown"], 1);
}

#[tokio::test]
async fn those_who_watch_the_record_do_not_keep_it_from_ending() {
    let home = Home::new().await;
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    let (mut tail, mut lines) = home.watch(&["audit", "tail", "--output", "json"]);
    // The tail is there once it tells of something.
    let told = async || {
        client.post(GENERATE, &body("seen by the tail")).await;
        timeout(Duration::from_millis(50), lines.next_line()).await.ok()
    };
    let line = until("the tail tells", told).await.unwrap().unwrap();
    let entry: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(entry["metadata"]["outcome"], "success", "{entry}");
    // So are idle connections of apps and operators.
    let operators = Client::new(gateway.ready.admin.clone(), "");
    assert_eq!(operators.get("/healthz").await.status, 200);
    gateway.signal(Signal::TERM);
    let ended = timeout(Duration::from_secs(5), gateway.ended()).await;
    assert!(ended.is_ok_and(|status| status.success()), "it waits for the tail");
    assert!(tail.wait().await.unwrap().success());
    home.verify().await;
}

#[tokio::test]
async fn half_an_upload_is_refused_at_once_and_does_not_hold_the_end() {
    let home = one_place().await;
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hold));
    let sent = post(&client, "sent");
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let mut halves = Vec::new();
    for path in [GENERATE, "/_ideogate/quote?path=/v1/ideogram-v3/generate"] {
        let mut half = Raw::connect(&gateway.ready.proxy).await;
        half.head_that_waits(path, &client.token, 1000).await;
        half.write(b"{\"prompt\":").await;
        halves.push(half);
    }
    gateway.signal(Signal::TERM);
    for half in &mut halves {
        let reply = half.answer().await;
        assert_eq!(reply.problem(), "503 draining");
        assert!(reply.header("retry-after").is_some());
        half.rest().await;
    }
    assert!(!sent.is_finished());
    home.ideogram.release();
    assert_eq!(sent.await.unwrap().status, 200);
    assert_eq!(gateway.ended().await.code(), Some(0), "{}", gateway.log());
    let log = gateway.log();
    assert!(log.contains("all calls ended"), "{log}");
    assert!(!log.contains("unknown at the next start") && !log.contains("went away"), "{log}");
    home.verify().await;
    let _gateway = home.start().await;
    let outcomes: Vec<_> =
        home.calls().await.iter().map(|entry| entry["metadata"]["outcome"].clone()).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == "success").count(), 1);
    assert_eq!(home.ideogram.seen().calls.len(), 1);
}

#[tokio::test]
async fn clients_that_have_not_asked_for_anything_do_not_hold_the_end() {
    let home = Home::new().await;
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    let _silent = Raw::connect(&gateway.ready.proxy).await;
    let mut half_a_head = Raw::connect(&gateway.ready.proxy).await;
    half_a_head.write(b"POST /v1/ideogram-v3/generate HTTP/1.1\r\nHost:").await;
    assert_eq!(client.post(GENERATE, &body("beside them")).await.status, 200);
    gateway.signal(Signal::TERM);
    let ended = timeout(Duration::from_secs(5), gateway.ended()).await;
    assert!(ended.is_ok_and(|status| status.success()), "it waits: {}", gateway.log());
}
