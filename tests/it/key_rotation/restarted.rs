//! Keys across restarts, with the real binary.

use super::{NEW, OLD, THIRD};
use crate::support::{Home, until};
use ideogate::simulator::{Act, Script, SimulatorOptions};
use std::fs;

/// A home whose key is in a file.
async fn home() -> Home {
    let options = SimulatorOptions { pace: 0.0, ..SimulatorOptions::default() };
    let mut home = Home::with("[keys]\nlook_every = \"1h\"\n", options).await;
    let path = home.path().join("key").display().to_string();
    home.variables = vec![("IDEOGRAM_API_KEY_FILE".to_owned(), path)];
    for key in [OLD, NEW, THIRD] {
        home.ideogram.accept_key(key);
    }
    put(&home, OLD);
    home
}

fn put(home: &Home, key: &str) {
    fs::write(home.path().join("key"), key).unwrap();
}

async fn rotated_to(home: &Home, key: &str) {
    put(home, key);
    let told = home.run(&["key", "rotate", "--wait"]).await;
    assert!(told.err.contains("safe to revoke"), "{told:?}");
}

#[tokio::test]
async fn a_restart_with_a_retired_key_is_refused_in_clear_words_until_somebody_insists() {
    let mut home = home().await;
    let gateway = home.start().await;
    rotated_to(&home, NEW).await;
    gateway.stop().await;
    put(&home, OLD);
    let mut refused = home.begin();
    let status = refused.ended().await;
    let log =
        until("words", async || Some(refused.log()).filter(|log| log.contains("retired"))).await;
    assert_eq!(status.code(), Some(64), "{log}");
    for words in [
        "…aaaa of app",
        "IDEOGRAM_API_KEY_FILE (",
        "was retired at",
        "…bbbb replaced it",
        "ALLOW_RETIRED=aaaa",
    ] {
        assert!(log.contains(words), "{words}: {log}");
    }
    assert!(!log.contains(OLD));
    assert_eq!(home.ideogram.seen().calls.len(), 1, "only the preflight of the new key");

    home.give("IDEOGATE__KEYS__ALLOW_RETIRED", "aaaa");
    home.start().await.stop().await;
    home.variables.pop();
    home.start().await.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_key_that_was_exchanged_while_the_gateway_was_down_is_told_to_be_safe() {
    let home = home().await;
    home.start().await.stop().await;
    put(&home, NEW);
    let gateway = home.start().await;
    let all = home.json(&["key", "list"]).await;
    let old = all.as_array().unwrap().iter().find(|key| key["version"] == "…aaaa").unwrap();
    assert_eq!(
        (old["state"].as_str(), old["safe_to_revoke"].as_bool()),
        (Some("retired"), Some(true))
    );
    let log = gateway.log();
    assert!(log.contains("safe to revoke …aaaa"), "{log}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_start_without_the_key_does_not_retire_it() {
    let mut home = home().await;
    home.start().await.stop().await;
    let variables = std::mem::take(&mut home.variables);
    home.start().await.stop().await;
    home.variables = variables;
    home.start().await.stop().await;
}

#[tokio::test]
async fn a_process_that_dies_while_a_key_drains_leaves_it_to_the_next_start() {
    let home = home().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hold).on(super::GENERATE).always());
    let call =
        tokio::spawn(async move { client.post(super::GENERATE, &super::body()).await.status });
    until("a call", async || (home.ideogram.seen().calls.len() == 1).then_some(())).await;
    put(&home, NEW);
    home.run(&["key", "rotate"]).await.good();
    let all = home.json(&["key", "list"]).await;
    assert!(all.to_string().contains("draining"), "{all}");
    gateway.kill().await;
    call.abort();
    let gateway = home.start().await;
    let told = home.run(&["key", "list"]).await.good();
    assert!(told.out.contains("…aaaa  retired") && told.out.contains("safe"), "{told:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_staged_key_that_took_over_is_used_after_a_restart_too() {
    let mut home = home().await;
    let next = home.path().join("next");
    fs::write(&next, NEW).unwrap();
    home.give("IDEOGRAM_API_KEY_NEXT_FILE", next.to_str().unwrap());
    let gateway = home.start().await;
    until("staged", async || {
        home.json(&["key", "list"]).await.to_string().contains("\"next\"").then_some(())
    })
    .await;
    home.run(&["key", "rotate", "--wait"]).await.good();
    gateway.stop().await;
    let gateway = home.start().await;
    let told = home.run(&["key", "list"]).await.good();
    assert!(told.out.lines().any(|line| line.starts_with("…bbbb  current")), "{told:?}");
    assert!(gateway.log().contains("the next key is used in its stead"), "{}", gateway.log());
    gateway.stop().await;
}
