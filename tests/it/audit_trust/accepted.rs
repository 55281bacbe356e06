//! An operator accepts a record that was restored: it is said in the record, and goes on under a new name.

use super::{copy, home, keep_elsewhere, put_back, records, refused, some_calls};
use serde_json::json;
use std::fs;

const REASON: [&str; 4] = ["audit", "accept-restore", "--reason", "disk lost, ticket 4711"];

#[tokio::test]
async fn a_restored_record_goes_on_once_an_operator_said_why() {
    let home = home().await;
    some_calls(&home, 1).await;
    let backup = home.path().join("backup");
    copy(&home.data(), &backup);
    some_calls(&home, 2).await;
    let (elsewhere, old_key) = keep_elsewhere(&home);
    let lost = records(&home.data());
    put_back(&backup, &home.data());
    refused(&home).await;
    let accepted = home.run(&REASON).await.good();
    assert!(
        accepted.out.contains("its end was cut off, or an older copy was put back"),
        "{accepted:?}"
    );

    let gateway = home.start().await;
    let told = home.run(&["audit", "search", "--output", "json"]).await.good();
    let entry = told.lines().into_iter().find(|entry| entry["action"] == "audit.accept_restore");
    let entry = entry.unwrap();
    assert_eq!(entry["metadata"]["after"]["reason"], REASON[3]);
    assert!(entry["userId"].as_str().unwrap().starts_with("uid:"), "{entry}");
    assert_eq!(entry["metadata"]["way"], "command", "{entry}");
    assert!(entry["metadata"]["client_addr"].is_null(), "nobody came from anywhere: {entry}");
    assert_eq!(entry["metadata"]["before"]["key"], old_key.as_str());
    assert_eq!(entry["metadata"]["before"]["signed"]["seq"], lost);
    let new_key = home.run(&["audit", "key"]).await.good().out.trim().to_owned();
    assert_ne!(new_key, old_key);
    assert_eq!(entry["metadata"]["after"]["key"], new_key.as_str());
    gateway.stop().await;

    home.verify().await;
    let old = elsewhere.to_str().unwrap();
    let lost = home
        .run(&["audit", "verify", "--checkpoint", old, "--key", &old_key, "--key", &new_key])
        .await;
    assert_eq!(lost.code, 2, "what was lost stays provable: {lost:?}");
    let new = home.data().join("checkpoints");
    let good = ["audit", "verify", "--key", &new_key, "--checkpoint", new.to_str().unwrap()];
    home.run(&good).await.good();
}

#[tokio::test]
async fn what_needs_no_accepting_is_left_alone() {
    let home = home().await;
    some_calls(&home, 1).await;
    let (before, key) =
        (records(&home.data()), fs::read(home.data().join("audit-signing.key")).unwrap());
    let told = home.run(&[&REASON[..], &["--output", "json"]].concat()).await.good();
    assert_eq!(told.json(), json!({"accepted": false}));
    assert_eq!(records(&home.data()), before);
    assert_eq!(fs::read(home.data().join("audit-signing.key")).unwrap(), key);
    assert_eq!(home.run(&["audit", "accept-restore", "--reason", " "]).await.code, 64);
    let gateway = home.start().await;
    let told = home.run(&REASON).await;
    assert_eq!(told.code, 1);
    assert!(told.err.contains("in use by another ideogate"), "{told:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_lost_or_damaged_key_is_replaced_only_when_somebody_says_so() {
    let home = home().await;
    some_calls(&home, 1).await;
    let key = home.data().join("audit-signing.key");
    fs::remove_file(&key).unwrap();
    assert!(refused(&home).await.contains("is missing"));
    assert!(!key.exists());
    home.run(&REASON).await.good();
    home.start().await.stop().await;
    let text = fs::read_to_string(&key).unwrap();
    let other = if text.ends_with("A\n") { "B\n" } else { "A\n" };
    fs::write(&key, format!("{}{other}", &text[..text.len() - 2])).unwrap();
    assert!(refused(&home).await.contains("is damaged"));
    home.run(&REASON).await.good();
    home.start().await.stop().await;
    home.verify().await;
}
