//! The folder that is restored into, and the backup itself.

use super::{Known, back_up, lose, refused, restore, restored, tried};
use crate::support::{Home, assert_plain, until};
use std::{fs, time::Duration};

#[tokio::test]
async fn a_folder_that_is_used_or_has_something_in_it_is_left_alone() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, true).await;
    let left = lose(&home, gateway, backup).await;
    let gateway = home.start().await;
    let used = restore(&home, &left, &home.data(), &[]).await;
    assert_eq!(used.code, 64, "{used:?}");
    assert!(used.err.contains("in use by another ideogate"), "{used:?}");
    assert_eq!(tried(&gateway, &token).await, 200, "it goes on");
    gateway.stop().await;
    let full = restore(&home, &left, &home.data(), &[]).await;
    assert_eq!(full.code, 64, "{full:?}");
    assert!(full.err.contains("is not empty"), "{full:?}");
    home.start().await.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_restore_that_was_cut_off_is_begun_anew_and_never_served() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, true).await;
    let left = lose(&home, gateway, backup).await;
    let into = home.path().join("All");
    // As a kill leaves it between two moves: one file is out, another is not.
    restore(&home, &left, &into, &[]).await.good();
    let work = into.join(".restoring");
    fs::create_dir(&work).unwrap();
    fs::rename(into.join("ideogate.db"), work.join("ideogate.db")).unwrap();
    home.change(&format!("[data]\ndir = \"{}\"\n", into.display()));
    let why = refused(&home).await;
    assert!(why.contains("was not finished"), "{why}");
    let accepted = home.run(&["audit", "accept-restore", "--reason", "x"]).await;
    assert_ne!(accepted.code, 0, "nothing else uses it either: {accepted:?}");
    let (gateway, told) = restored(&home, &left, Known::All).await;
    assert_eq!(told["covered"], true, "{told}");
    assert_eq!(tried(&gateway, &token).await, 200);
    assert!(!work.exists());
    gateway.stop().await;
}

/// Kills the command at moments that no test can choose better than the clock does; whatever it left, no gateway
/// takes it for a record, and the next restore makes all of it.
#[tokio::test]
async fn a_restore_that_is_killed_at_any_moment_leaves_nothing_half_done() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, true).await;
    let left = lose(&home, gateway, backup).await;
    let into = home.path().join("All");
    let (work, database) = (into.join(".restoring"), into.join("ideogate.db"));
    let [from, to] = [&left.backup, &into].map(|path| path.to_str().unwrap());
    home.change(&format!("[data]\ndir = \"{to}\"\n"));
    let mut cut_off = 0;
    for milliseconds in [0, 2, 4, 8, 16, 32, 64] {
        let asked = ["restore", "--from", from, "--data", to, "--key", &left.key];
        let (mut child, _) = home.watch(&asked);
        let is_begun = async || (work.exists() || database.exists()).then_some(());
        until("it is begun", is_begun).await;
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        child.kill().await.unwrap();
        if work.exists() {
            cut_off += 1;
            assert!(refused(&home).await.contains("was not finished"));
        } else if database.exists() {
            fs::remove_dir_all(&into).unwrap();
        }
    }
    assert!(cut_off > 0, "it was never killed in time");
    let (gateway, told) = restored(&home, &left, Known::All).await;
    assert_eq!((told["covered"].as_bool(), tried(&gateway, &token).await), (Some(true), 200));
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_no_backup_or_was_changed_leaves_nothing() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let backup = back_up(&home, true).await;
    let mut left = lose(&home, gateway, backup).await;
    let into = home.path().join("bad");
    let good = fs::read(&left.backup).unwrap();
    let mut changed = good.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    left.backup = home.path().join("other.backup");
    for bytes in [&changed[..], &good[..good.len() - 9], b"no backup at all", b""] {
        fs::write(&left.backup, bytes).unwrap();
        let told = restore(&home, &left, &into, &[]).await;
        assert_eq!(told.code, 2, "{told:?}");
        assert!(told.err.contains("other.backup"), "{told:?}");
        assert_plain(&told.err);
        assert!(!into.exists(), "{told:?}");
    }
    fs::write(&left.backup, &good).unwrap();
    fs::create_dir(&into).unwrap();
    left.key = home.run(&["audit", "key"]).await.out.trim().to_owned();
    left.key = "ideogate.audit/x+e2b5f5b5+AQkRhgAbqRAMa+gpSBL4dB0f5w3sNnDdCXEm6aXNv1hY".to_owned();
    let told = restore(&home, &left, &into, &[]).await;
    assert_ne!(told.code, 0, "{told:?}");
    let is_empty = fs::read_dir(&into).map_or(true, |all| {
        all.map(Result::unwrap).all(|entry| entry.file_name() == "ideogate.lock")
    });
    assert!(is_empty, "{told:?}");
}

#[tokio::test]
async fn what_came_of_it_is_told_in_words() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    let backup = back_up(&home, true).await;
    assert_eq!(tried(&gateway, &token).await, 200);
    home.run(&["token", "revoke", &id]).await.good();
    let left = lose(&home, gateway, backup).await;
    let into = home.path().join("words");
    let export = left.export.to_str().unwrap();
    let told = restore(&home, &left, &into, &["--record", export]).await.good();
    assert!(told.out.starts_with("restored "), "{told:?}");
    assert!(told.out.contains("applied: 1 token revoked, $"), "{told:?}");
    assert!(told.out.contains(" spent in 1 call\n"), "{told:?}");
    assert!(told.out.contains("not covered: whatever came after record "), "{told:?}");
    assert!(told.out.contains("new key: ideogate.audit/"), "{told:?}");
    assert_plain(&told.out);
}
