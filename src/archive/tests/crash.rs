//! A process that dies at any moment of a move leaves what the next start goes on with.

use super::house::{CRASH_AT, DAY, House, days_ago};
use crate::domain::{Action, Actor};
use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
};

/// Tells the child which folder to use.
const FOLDER: &str = "IDEOGATE_TEST_ARCHIVE_FOLDER";

/// The moments, in their order.
const MOMENTS: [&str; 10] =
    ["S1 begun", "S1", "S2", "S3", "S4", "S5 begun", "S5", "S6", "D1", "D2"];

async fn filled(dir: &Path) {
    let house = House::open(dir);
    house.fill(9, 60).await;
    house.change(9, Action::KeyRetired).await;
    house.fill(2, 30).await;
    house.fill(0, 3).await;
    house.store.close().await;
}

/// Moves all but today, and deletes what is older than five days if `moment` is one of deleting.
async fn move_all(house: &House, moment: &str) {
    if moment.starts_with('D') {
        house.rules.lock().archive_keep = Some(DAY * 5);
    }
    house.mover.ask(days_ago(0).utc_day(), Actor::GATEWAY).unwrap();
    house.mover.turn().await.unwrap();
}

/// Not a test of its own: the process that dies. Without the folder it has nothing to do.
#[tokio::test]
async fn child_that_moves_until_it_dies() {
    let Ok(dir) = std::env::var(FOLDER) else { return };
    let moment = std::env::var(CRASH_AT).unwrap();
    move_all(&House::open(Path::new(&dir)), &moment).await;
}

fn die(dir: &Path, moment: &str) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "archive::tests::crash::child_that_moves_until_it_dies"])
        .env(FOLDER, dir)
        .env(CRASH_AT, moment)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let signal = child.unwrap().signal();
    assert_eq!(signal, Some(6), "{moment}: it came to its end instead");
}

#[tokio::test]
async fn a_process_that_dies_at_any_moment_loses_nothing_and_leaves_nothing_twice() {
    for moment in MOMENTS {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path()).await;
        die(dir.path(), moment);
        let house = House::open(dir.path());
        let found = house.verified();
        assert!(found.is_good(), "{moment}: {found:?}");
        assert_eq!(house.reader().changes(Action::KeyRetired).unwrap().len(), 1, "{moment}");
        move_all(&house, moment).await;
        let base = house.reader().base().unwrap().head.seq;
        assert_eq!(base, 91, "{moment}");
        let made = house.reader().changes(Action::AuditArchive).unwrap().len();
        assert_eq!(made, 2, "{moment}: no segment is on record twice");
        if moment.starts_with('D') {
            assert_eq!(house.files(), ["000000000062-000000000091.jsonl.zst"], "{moment}");
            let deleted = house.reader().changes(Action::AuditSegmentDelete).unwrap();
            assert_eq!(deleted.len(), 1, "{moment}: nothing is deleted twice");
            assert!(house.verified().is_good(), "{moment}");
        } else {
            house.assert_whole();
        }
    }
}
