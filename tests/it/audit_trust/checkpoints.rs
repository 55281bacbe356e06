//! Checkpoints: what is signed, where it goes, and what happens when it cannot go there.

use super::{
    by_hand::{assert_true, chain, notes},
    call, database, home, records, some_calls,
};
use crate::support::{Client, Home, until};
use serde_json::Value;
use std::fs;

fn key(home: &Home) -> String {
    fs::read_to_string(home.data().join("audit-signing.pub")).unwrap().trim().to_owned()
}

#[tokio::test]
async fn every_checkpoint_is_true_and_the_last_covers_the_whole_record() {
    let home = home().await;
    some_calls(&home, 4).await;
    some_calls(&home, 2).await;
    let (chain, key) = (chain(&database(&home.data())), key(&home));
    let file = fs::read_to_string(home.data().join("checkpoints")).unwrap();
    let signed: Vec<_> = notes(&file).iter().map(|note| assert_true(note, &key, &chain)).collect();
    assert!(signed.is_sorted() && signed.len() >= 2, "{signed:?}");
    assert_eq!(*signed.last().unwrap() as u64, records(&home.data()), "the last record is signed");
}

#[tokio::test]
async fn checkpoints_are_printed_beside_the_record_and_given_to_whoever_asks() {
    let mut home = home().await;
    home.give("IDEOGATE__AUDIT__STDOUT", "true");
    let mut gateway = home.start().await;
    let client = home.client(&gateway).await;
    call(&client).await;
    let line = loop {
        let line = gateway.line().await;
        assert!(line.is_ascii(), "{line}");
        if let Some(json) = line.strip_prefix("[CHECKPOINT] ") {
            break serde_json::from_str::<Value>(json).unwrap();
        }
    };
    let asked = home.run(&["audit", "checkpoint"]).await.good().out;
    let as_json = home.json(&["audit", "checkpoint"]).await;
    let key = home.run(&["audit", "key"]).await.good().out.trim().to_owned();
    assert_eq!(home.json(&["audit", "key"]).await["key"], key.as_str());
    assert!(gateway.log().contains(&key), "the log tells the key: {}", gateway.log());
    gateway.stop().await;
    let chain = chain(&database(&home.data()));
    let all = usize::try_from(records(&home.data())).unwrap();
    let printed = assert_true(line["note"].as_str().unwrap(), &key, &chain);
    assert_eq!(line["seq"], printed);
    assert_eq!(line["hash"], hex::encode(chain[printed]));
    assert_eq!(assert_true(&format!("{}\n", asked.trim_end()), &key, &chain), all);
    assert_eq!(assert_true(as_json["note"].as_str().unwrap(), &key, &chain), all);
}

#[tokio::test]
async fn a_checkpoint_that_cannot_be_kept_stops_no_call() {
    let home = home().await;
    let file = home.path().join("elsewhere");
    home.change(&format!("[audit]\ncheckpoint_file = \"{}\"\n", file.display()));
    let gateway = home.start().await;
    // The first checkpoint may be there already, and another may come at any time.
    until("a folder takes the file's place", async || {
        fs::remove_file(&file).ok();
        fs::create_dir(&file).ok()
    })
    .await;
    let client = home.client(&gateway).await;
    call(&client).await;
    until("the failure is logged", async || {
        gateway.log().contains("is not signed or not kept").then_some(())
    })
    .await;
    call(&client).await;
    let metrics = Client::new(gateway.ready.admin.clone(), "").get("/metrics").await;
    let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
    let failed = metrics.lines().any(|line| {
        line.strip_prefix("ideogate_audit_checkpoint_failures_total ")
            .is_some_and(|count| count != "0")
    });
    assert!(failed, "{metrics}");
    fs::remove_dir(&file).unwrap();
    gateway.stop().await;
    let text = fs::read_to_string(&file).unwrap();
    let chain = chain(&database(&home.data()));
    let last = notes(&text).iter().map(|note| assert_true(note, &key(&home), &chain)).next_back();
    assert_eq!(last.unwrap() as u64, records(&home.data()), "the end is kept once it can be");
    home.verify().await;
}

#[tokio::test]
async fn the_private_key_is_in_one_file_and_nowhere_else() {
    let home = home().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    call(&client).await;
    home.run(&["audit", "export", "--to", "record.jsonl"]).await.good();
    let log = gateway.log();
    gateway.stop().await;
    let text = fs::read_to_string(home.data().join("audit-signing.key")).unwrap();
    // Below the key stands that its first checkpoint is there.
    let key = text.lines().next().unwrap();
    let secret = key.splitn(5, '+').last().unwrap().to_owned();
    assert_eq!(secret.len(), 44, "{secret}");
    assert!(!log.contains(&secret) && !log.contains("PRIVATE"));
    for folder in [home.data(), home.path().to_owned()] {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() && entry.file_name() != "audit-signing.key" {
                let bytes = fs::read(entry.path()).unwrap();
                let is_there = bytes.windows(secret.len()).any(|piece| piece == secret.as_bytes());
                assert!(!is_there, "{:?}", entry.path());
            }
        }
    }
}
