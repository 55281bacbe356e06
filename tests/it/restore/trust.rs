//! With which key a restored record goes on, and what no start goes on with.

use super::{Known, back_up, lose, refused, restore, restored, seam, tried};
use crate::support::Home;
use std::{fs, path::Path};

fn signing_key(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("audit-signing.key")).unwrap()
}

#[tokio::test]
async fn the_old_key_signs_on_only_where_nothing_that_it_signed_can_be_missing() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, true).await;
    assert_eq!(tried(&gateway, &token).await, 200);
    let old = signing_key(&home.data());
    let left = lose(&home, gateway, backup).await;

    let (gateway, told) = restored(&home, &left, Known::Nothing).await;
    assert_eq!((told["new_key"].as_bool(), told["key"] == left.key.as_str()), (Some(true), false));
    let dir = home.path().join("Nothing");
    assert_ne!(signing_key(&dir), old, "it would sign a second history");
    let former = fs::read_to_string(dir.join("audit-signing.former")).unwrap();
    assert!(former.contains(&left.key), "{former}");
    let said = seam(&home).await;
    assert_eq!(
        (&said["before"]["key"], &said["after"]["key"]),
        (&left.key.as_str().into(), &told["key"])
    );
    let doctor = home.run(&["doctor"]).await;
    assert!(doctor.out.contains(&left.key), "{doctor:?}");
    gateway.stop().await;

    let (gateway, told) = restored(&home, &left, Known::All).await;
    assert_eq!((told["new_key"].as_bool(), told["key"] == left.key.as_str()), (Some(false), true));
    assert_eq!(signing_key(&home.path().join("All")), old);
    let elsewhere = left.checkpoints.to_str().unwrap();
    let verify = ["audit", "verify", "--checkpoint", elsewhere, "--key", &left.key];
    let good = home.run(&verify).await.good();
    assert!(good.out.contains("proven up to record"), "old checkpoints hold: {good:?}");
    gateway.stop().await;
}

#[tokio::test]
async fn without_the_signing_key_a_new_one_begins_although_all_is_covered() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, false).await;
    let left = lose(&home, gateway, backup).await;
    let (gateway, told) = restored(&home, &left, Known::All).await;
    assert_eq!((told["covered"].as_bool(), told["new_key"].as_bool()), (Some(true), Some(true)));
    assert_eq!(tried(&gateway, &token).await, 200, "nothing can have been taken away");
    gateway.stop().await;
    home.start().await.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_key_that_was_replaced_is_never_used_again() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, true).await;
    gateway.stop().await;
    let (old, old_key) = (
        signing_key(&home.data()),
        fs::read_to_string(home.data().join("audit-signing.pub")).unwrap(),
    );
    fs::remove_file(home.data().join("audit-signing.last")).unwrap();
    home.run(&["audit", "accept-restore", "--reason", "a disk that forgot"]).await.good();
    let gateway = home.start().await;
    let mut left = lose(&home, gateway, backup).await;
    assert_ne!(left.key, old_key.trim());
    // The key of the backup alone is known: that of later is named by the record.
    left.key = old_key.trim().to_owned();
    let (gateway, told) = restored(&home, &left, Known::All).await;
    assert_eq!((told["covered"].as_bool(), told["new_key"].as_bool()), (Some(true), Some(true)));
    assert_ne!(signing_key(&home.path().join("All")), old);
    assert_eq!(tried(&gateway, &token).await, 200);
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn a_record_older_than_the_file_elsewhere_knows_does_not_start() {
    let home = Home::new().await;
    let elsewhere = home.path().join("watched");
    fs::create_dir(&elsewhere).unwrap();
    let file = elsewhere.join("checkpoints");
    home.change(&format!("[audit]\ncheckpoint_file = \"{}\"\n", file.display()));
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, true).await;
    assert_eq!(tried(&gateway, &token).await, 200);
    gateway.stop().await;
    let gateway = home.start().await;
    let left = lose(&home, gateway, backup).await;

    let into = home.path().join("older");
    let told = restore(&home, &left, &into, &["--output", "json"]).await.good().json();
    assert_eq!((told["covered"].as_bool(), told["new_key"].as_bool()), (Some(false), Some(true)));
    assert!(told["known_up_to"].as_u64() > told["covered_up_to"].as_u64(), "{told}");
    home.change(&format!("[data]\ndir = \"{}\"\n", into.display()));
    let why = refused(&home).await;
    assert!(why.contains("its end was cut off, or an older copy was put back"), "{why}");
    home.run(&["audit", "accept-restore", "--reason", "all that was left"]).await.good();
    let gateway = home.start().await;
    assert_eq!(tried(&gateway, &token).await, 401, "and tokens are still disabled");
    gateway.stop().await;
    home.verify().await;
}

#[tokio::test]
async fn two_restores_of_one_backup_are_two_logs() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let backup = back_up(&home, true).await;
    let left = lose(&home, gateway, backup).await;
    let (first, one) = restored(&home, &left, Known::Nothing).await;
    first.stop().await;
    let (second, other) = restored(&home, &left, Known::Trusted).await;
    second.stop().await;
    assert_ne!(one["key"], other["key"]);
    let of_first = home.path().join("Nothing/checkpoints");
    let verify = ["audit", "verify", "--checkpoint", of_first.to_str().unwrap(), "--key"];
    let told = home.run(&[&verify[..], &[other["key"].as_str().unwrap()]].concat()).await;
    assert_eq!(told.code, 2, "what one signed proves nothing of the other: {told:?}");
}
