//! The spill file by itself, and what a start makes of one that a crash left behind.

use super::{
    faults::{FOR_NOW, FaultyWriter},
    fixtures::*,
};
use crate::{
    domain::{Bundle, Outcome},
    store::{Durability, Store, spill::SpillFile},
};
use std::{path::Path, sync::atomic::Ordering, time::Duration};

fn reopened(path: &Path) -> Vec<String> {
    let (_, bundles) = SpillFile::open(path, 4096).unwrap();
    bundles.iter().map(|bundle| serde_json::to_string(bundle).unwrap()).collect()
}

fn bundle(reason: &str) -> Bundle {
    Bundle::record(refusal(reason))
}

#[test]
fn what_was_appended_is_found_again_until_it_is_cleared() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spill");
    let (mut spill, left) = SpillFile::open(&path, 4096).unwrap();
    assert!(left.is_empty());
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 4096, "its space is taken at once");
    spill.append([bundle("one"), bundle("two")].iter()).unwrap();
    spill.append([bundle("three")].iter()).unwrap();
    let expected = ["one", "two", "three"].map(|r| serde_json::to_string(&bundle(r)).unwrap());
    assert_eq!(reopened(&path), expected);
    spill.clear().unwrap();
    assert!(reopened(&path).is_empty());
    spill.append([bundle("four")].iter()).unwrap();
    assert_eq!(reopened(&path).len(), 1, "nothing old shines through");
}

#[test]
fn a_line_that_was_cut_off_is_left_out_and_the_others_stay() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spill");
    let (mut spill, _) = SpillFile::open(&path, 4096).unwrap();
    spill.append([bundle("one"), bundle("two")].iter()).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let end = bytes.iter().position(|byte| *byte == 0).unwrap();
    bytes[end - 20..].fill(0);
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(reopened(&path).len(), 1);
}

#[test]
fn a_full_spill_file_says_so_and_keeps_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spill");
    let (mut spill, _) = SpillFile::open(&path, 4096).unwrap();
    spill.append([bundle("kept")].iter()).unwrap();
    assert!(spill.append([bundle(&"x".repeat(4096))].iter()).is_err());
    assert_eq!(reopened(&path).len(), 1);
}

#[test]
fn what_an_older_build_wrote_of_a_token_is_still_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spill");
    let saved = serde_json::to_string(&Bundle::default().with(token("tok_a"))).unwrap();
    let older = saved.replacen(r#""SaveToken":{"#, r#""SaveToken":{"digest":null,"#, 1);
    assert_ne!(older, saved);
    let line = format!("{:08x} {older}\n", crc32fast::hash(older.as_bytes()));
    std::fs::write(&path, line).unwrap();
    assert_eq!(reopened(&path), [saved]);
}

#[tokio::test]
async fn a_start_takes_in_what_was_spilled_exactly_once() {
    let dir = tempfile::tempdir().unwrap();
    let (writer, faults) = FaultyWriter::open(dir.path());
    let retry = Duration::from_hours(1);
    let store = Store::assemble(options(dir.path()), Box::new(writer), retry).unwrap();
    let (journal, first, second) = (store.journal(), call("prod"), call("dev"));
    drop(journal.commit_intent(intent(&first), first.clone(), None, None).await.unwrap());
    drop(journal.commit_intent(intent(&second), second.clone(), None, None).await.unwrap());
    // The first outcome is spilled although it went in, the second because nothing goes in.
    faults.commit_unsure.store(1, Ordering::SeqCst);
    faults.reopen.store(FOR_NOW, Ordering::SeqCst);
    for call in [&first, &second] {
        let spilled = journal.commit_sent(outcome(call, Outcome::Success)).await;
        assert_eq!(spilled, Ok(Durability::Spilled));
    }
    drop((journal, store));

    let store = open(dir.path());
    assert!(store.reader().open_calls().unwrap().is_empty());
    assert_eq!(assert_chain(&store.reader()), ["intent", "intent", "outcome", "outcome"]);
    drop(store);
    let store = open(dir.path());
    assert_eq!(assert_chain(&store.reader()).len(), 4);
}
