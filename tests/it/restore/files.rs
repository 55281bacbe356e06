//! Files of records that are not what they should be: refused or told, and nothing comes back.

use super::{Left, back_up, lose, restore, tried};
use crate::support::Home;
use std::fs;

async fn lost() -> (Home, Left, String) {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    let backup = back_up(&home, true).await;
    home.run(&["token", "revoke", &id]).await.good();
    assert_eq!(tried(&gateway, &token).await, 401);
    let left = lose(&home, gateway, backup).await;
    (home, left, token)
}

/// Restores with a file of records, which must be refused, and returns why; nothing is left.
async fn refused(home: &Home, left: &Left, record: &str, code: i32) -> String {
    let into = home.path().join("refused");
    let told = restore(home, left, &into, &["--record", record, "--trust-tokens"]).await;
    assert_eq!(told.code, code, "{told:?}");
    assert!(!into.exists(), "nothing is left: {told:?}");
    told.err
}

#[tokio::test]
async fn an_export_that_was_changed_or_is_another_gateways_is_refused() {
    let (home, left, _) = lost().await;
    let export = fs::read_to_string(&left.export).unwrap();
    let changed = home.path().join("changed.jsonl");
    fs::write(&changed, export.replacen("token.revoke", "token.enable", 1)).unwrap();
    let why = refused(&home, &left, changed.to_str().unwrap(), 2).await;
    assert!(why.contains("changed, its hash does not fit its content"), "{why}");
    let cut = home.path().join("cut.jsonl");
    fs::write(&cut, &export[..export.len() / 2]).unwrap();
    refused(&home, &left, cut.to_str().unwrap(), 2).await;

    let (_other, others, _) = lost().await;
    let why = refused(&home, &left, others.export.to_str().unwrap(), 64).await;
    assert!(why.contains("is of another log"), "{why}");
    let table = home.path().join("entries.csv");
    fs::write(&table, "id,action\n").unwrap();
    let why = refused(&home, &left, table.to_str().unwrap(), 64).await;
    assert!(why.contains("is a table"), "{why}");
    refused(&home, &left, "no-such.jsonl", 1).await;
}

#[tokio::test]
async fn a_file_given_twice_changes_nothing() {
    let (home, left, token) = lost().await;
    let export = left.export.to_str().unwrap();
    let checkpoints = left.checkpoints.to_str().unwrap();
    let into = home.path().join("twice");
    let more =
        ["--record", export, "--record", export, "--checkpoint", checkpoints, "--output", "json"];
    let told = restore(&home, &left, &into, &more).await.good().json();
    assert_eq!((told["covered"].as_bool(), &told["applied"]["revoked"]), (Some(true), &1.into()));
    home.change(&format!("[data]\ndir = \"{}\"\n", into.display()));
    let gateway = home.start().await;
    assert_eq!(tried(&gateway, &token).await, 401);
    gateway.stop().await;
}

#[tokio::test]
async fn what_a_filtered_export_tells_is_applied_and_the_gap_is_told() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    let (_, other) = home.token().await;
    let backup = back_up(&home, true).await;
    assert_eq!(tried(&gateway, &other).await, 200);
    home.run(&["token", "revoke", &id]).await.good();
    let filtered = home.path().join("filtered.jsonl");
    let to = filtered.to_str().unwrap();
    home.run(&["audit", "export", "--token", &id, "--to", to]).await.good();
    let left = lose(&home, gateway, backup).await;
    let into = home.path().join("filtered");
    let checkpoints = left.checkpoints.to_str().unwrap();
    let more = ["--record", to, "--checkpoint", checkpoints, "--trust-tokens", "--output", "json"];
    let told = restore(&home, &left, &into, &more).await.good().json();
    assert_eq!((told["covered"].as_bool(), told["appended"].as_u64()), (Some(false), Some(0)));
    assert!(!told["gaps"].as_array().unwrap().is_empty(), "{told}");
    assert_eq!(told["applied"]["revoked"], 1, "{told}");
    home.change(&format!("[data]\ndir = \"{}\"\n", into.display()));
    let gateway = home.start().await;
    assert_eq!(tried(&gateway, &token).await, 401, "although tokens are trusted");
    assert_eq!(tried(&gateway, &other).await, 200);
    home.verify().await;
    gateway.stop().await;
}
