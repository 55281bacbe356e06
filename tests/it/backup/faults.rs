//! What goes wrong leaves no file that passes for a backup, and none that was there is lost.

use super::{GENERATE, copies, unpacked};
use crate::support::{Home, until};
use ideogate::simulator::{Act, Script};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::fs;

#[tokio::test]
async fn a_backup_onto_a_full_disk_leaves_the_old_one() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let file = home.path().join("a.backup");
    let to = file.display().to_string();
    home.run(&["backup", "--to", &to]).await.good();
    let old = fs::read(&file).unwrap();
    super::make_large(&home.data());
    let told = home.run_limited(1024, &["backup", "--to", &to, "--force"]).await;
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("cannot write"), "{told:?}");
    assert!(fs::read(&file).unwrap() == old);
    assert!(!home.path().join("a.backup.part").exists(), "what came of it is gone");
    until("the copy is gone", async || copies(&home.data()).is_empty().then_some(())).await;
    home.run(&["backup", "--to", &to, "--force"]).await.good();
    assert!(fs::read(&file).unwrap() != old);
    gateway.stop().await;
}

#[tokio::test]
async fn a_command_that_is_interrupted_leaves_nothing() {
    let home = Home::new().await;
    let gateway = home.start().await;
    super::make_large(&home.data());
    let file = home.path().join("a.backup");
    let part = home.path().join("a.backup.part");
    let (mut child, _lines) = home.watch(&["backup", "--to", file.to_str().unwrap()]);
    until("it is being written", async || part.exists().then_some(())).await;
    let id = Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(1));
    assert!(!file.exists() && !part.exists());
    until("the copy is gone", async || copies(&home.data()).is_empty().then_some(())).await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_backup_after_kill_9_and_restart_has_what_was_open_and_no_leftover() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hold));
    let request = client.request("POST", GENERATE).json(&json!({"prompt": "a long one"}));
    let call = tokio::spawn(async move { request.send().await.ok() });
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    gateway.kill().await;
    call.await.unwrap();
    // As a kill in the middle of a backup leaves it.
    let left = home.data().join("backup-01k.tmp");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("ideogate.db"), "half of it").unwrap();
    let gateway = home.start().await;
    assert_eq!(copies(&home.data()), [""; 0], "removed at the start");
    let file = home.path().join("a.backup");
    home.run(&["backup", "--to", file.to_str().unwrap()]).await.good();
    gateway.stop().await;
    let (_, into) = unpacked(&fs::read(&file).unwrap());
    let database = rusqlite::Connection::open(into.path().join("ideogate.db")).unwrap();
    let sql = "SELECT outcome FROM calls";
    let outcome: String = database.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(outcome, "unknown", "the call that was open is in it");
}

#[tokio::test]
async fn while_the_record_cannot_be_written_no_backup_is_made() {
    let home = Home::new().await;
    let gateway = home.start().await;
    home.break_database();
    let file = home.path().join("a.backup");
    let told = home.run(&["backup", "--to", file.to_str().unwrap()]).await;
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("could not be put on record"), "{told:?}");
    assert!(!file.exists() && copies(&home.data()).is_empty());
    home.mend_database();
    gateway.has_tried_its_record_again().await;
    until("backups are made again", async || {
        let told = home.run(&["backup", "--to", file.to_str().unwrap(), "--force"]).await;
        (told.code == 0).then_some(())
    })
    .await;
    gateway.stop().await;
}
