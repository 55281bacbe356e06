//! A gateway whose record is not the one it signed does not start.

use super::{copy, cut, first_intent, forge, home, put_back, records, refused, some_calls};
use crate::support::Home;
use std::fs;

async fn assert_refused(home: &Home, words: &str) {
    let (before, checkpoints) = (records(&home.data()), fs::read(home.data().join("checkpoints")));
    let sent = home.ideogram.seen().calls.len();
    let log = refused(home).await;
    assert!(log.contains(words) && log.contains("accept-restore"), "{log}");
    assert_eq!(records(&home.data()), before, "something was put on record");
    assert_eq!(
        fs::read(home.data().join("checkpoints")).ok(),
        checkpoints.ok(),
        "something was signed"
    );
    assert_eq!(home.ideogram.seen().calls.len(), sent, "something was sent");
}

#[tokio::test]
async fn an_older_database_that_was_put_back_is_noticed() {
    let home = home().await;
    some_calls(&home, 1).await;
    let backup = home.path().join("backup");
    copy(&home.data(), &backup);
    some_calls(&home, 2).await;
    put_back(&backup, &home.data());
    assert_refused(&home, "its end was cut off, or an older copy was put back").await;
}

#[tokio::test]
async fn an_empty_database_in_place_of_the_record_is_noticed() {
    let home = home().await;
    some_calls(&home, 1).await;
    let signed = records(&home.data());
    fs::remove_file(home.data().join("ideogate.db")).unwrap();
    let log = refused(&home).await;
    let words = format!("the record ends with 0, but {signed} records were signed");
    assert!(log.contains(&words), "{log}");
}

#[tokio::test]
async fn a_record_that_does_not_say_where_it_ends_is_noticed() {
    let home = home().await;
    some_calls(&home, 1).await;
    super::database(&home.data()).execute("DELETE FROM chain_head", []).unwrap();
    assert_refused(&home, "the record ends with 0").await;
}

#[tokio::test]
async fn an_older_data_folder_is_noticed_when_checkpoints_are_elsewhere() {
    let home = home().await;
    let elsewhere = home.path().join("elsewhere").display().to_string();
    home.change(&format!("[audit]\ncheckpoint_file = \"{elsewhere}\"\n"));
    some_calls(&home, 1).await;
    let backup = home.path().join("backup");
    copy(&home.data(), &backup);
    some_calls(&home, 2).await;
    copy(&backup, &home.data());
    put_back(&backup, &home.data());
    assert_refused(&home, "its end was cut off, or an older copy was put back").await;
}

#[tokio::test]
async fn a_cut_or_rewritten_record_is_noticed() {
    let home = home().await;
    some_calls(&home, 3).await;
    let good = home.path().join("good");
    copy(&home.data(), &good);
    let (signed, intent) = (records(&home.data()), first_intent(&home.data()));
    cut(&home.data(), 4);
    let words = format!("the record ends with 4, but {signed} records were signed");
    assert_refused(&home, &words).await;
    put_back(&good, &home.data());
    forge(&home.data(), intent, ("\"places\":1", "\"places\":2"));
    assert_refused(&home, "is not the one that was signed").await;
    put_back(&good, &home.data());
    home.start().await.stop().await;
}

#[tokio::test]
async fn a_crash_is_not_taken_for_tampering() {
    let home = home().await;
    for _ in 0..3 {
        let gateway = home.start().await;
        let client = home.client(&gateway).await;
        super::call(&client).await;
        home.run(&["audit", "checkpoint"]).await.good();
        gateway.kill().await;
    }
    home.start().await.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_signing_key_without_what_it_signed_last_is_noticed() {
    let home = home().await;
    some_calls(&home, 3).await;
    for name in ["checkpoints", "audit-signing.last"] {
        fs::remove_file(home.data().join(name)).unwrap();
    }
    cut(&home.data(), 4);
    assert_refused(&home, "is missing, which holds what it signed last").await;
    let reason = ["audit", "accept-restore", "--reason", "somebody cleaned up"];
    home.run(&reason).await.good();
    home.start().await.stop().await;
    home.verify().await;
}
