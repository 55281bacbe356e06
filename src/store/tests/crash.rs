//! A crash: what was acknowledged is there, and the chain is unbroken.

use super::fixtures::*;
use crate::{domain::Bundle, store::Store};
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// The folder a child of [`a_killed_process_loses_nothing_it_acknowledged`] writes into.
const CHILD_FOLDER: &str = "IDEOGATE_TEST_CRASH_FOLDER";

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn reasons(store: &Store) -> Vec<String> {
    assert_chain(&store.reader());
    let records = store.reader().records(&crate::store::RecordQuery::default()).unwrap();
    let reason = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
    let text = |bytes: &[u8]| reason(bytes)["body"]["reason"].as_str().unwrap().to_owned();
    records.iter().map(|record| text(&record.bytes)).collect()
}

#[tokio::test]
async fn a_copy_made_at_any_moment_has_all_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut acknowledged = Vec::new();
    for number in 0..40 {
        let reason = format!("number {number}");
        store.journal().commit(Bundle::record(refusal(&reason))).await.unwrap();
        acknowledged.push(reason);
        if number % 10 == 3 {
            // What a crash leaves: the files as they lie, the log not yet moved over.
            let crashed = tempfile::tempdir().unwrap();
            copy(dir.path(), crashed.path());
            let reopened = open(crashed.path());
            assert_eq!(reasons(&reopened), acknowledged);
            reopened.journal().commit(Bundle::record(refusal("and on"))).await.unwrap();
            assert_chain(&reopened.reader());
        }
    }
}

#[tokio::test]
async fn a_log_that_was_cut_off_loses_only_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for number in 0..20 {
        let record = refusal(&format!("number {number}"));
        store.journal().commit(Bundle::record(record)).await.unwrap();
    }
    let crashed = tempfile::tempdir().unwrap();
    copy(dir.path(), crashed.path());
    let log = crashed.path().join("ideogate.db-wal");
    let length = std::fs::metadata(&log).unwrap().len();
    let file = std::fs::OpenOptions::new().write(true).open(&log).unwrap();
    file.set_len(length - 100).unwrap();
    let found = reasons(&open(crashed.path()));
    let expected: Vec<_> = (0..found.len()).map(|number| format!("number {number}")).collect();
    assert_eq!(found, expected);
    assert!(found.len() >= 19, "only the last commit was cut off");
}

/// Not a test of its own: the process that is killed. Without the folder it has nothing to do.
#[tokio::test]
async fn child_that_writes_until_it_is_killed() {
    let Ok(dir) = std::env::var(CHILD_FOLDER) else { return };
    let store = open(Path::new(&dir));
    for number in 0.. {
        let record = refusal(&format!("number {number}"));
        store.journal().commit(Bundle::record(record)).await.unwrap();
        eprintln!("acknowledged {number}");
    }
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    use std::io::{BufRead, BufReader};
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "store::tests::crash::child_that_writes_until_it_is_killed",
        ])
        .env(CHILD_FOLDER, dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let numbers = lines.map_while(Result::ok).filter_map(|line| {
        line.strip_prefix("acknowledged ").and_then(|number| number.parse::<usize>().ok())
    });
    let mut last = None;
    for number in numbers {
        if number == 50 {
            child.kill().unwrap();
        }
        last = Some(number);
    }
    child.wait().unwrap();
    let store = open(dir.path());
    let found = reasons(&store);
    assert!(
        last.is_some_and(|last| last >= 50 && found.len() > last),
        "{last:?} of {}",
        found.len()
    );
    let expected: Vec<_> = (0..found.len()).map(|number| format!("number {number}")).collect();
    assert_eq!(found, expected);
}
