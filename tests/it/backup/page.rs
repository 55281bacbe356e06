//! What `docs/operations.md` says is run as it stands there.

use super::GENERATE;
use crate::{
    pages::snippets,
    support::{Binary, Client, Home, until},
};
use serde_json::json;
use std::{collections::BTreeSet, fs, path::Path};

const PAGE: &str = include_str!("../../../docs/operations.md");

/// Runs the block of that name with the settings of a home, and returns what it said; it must succeed.
async fn run(home: &Home, name: &str, data: &Path) -> String {
    let block = snippets(PAGE).into_iter().find(|block| block.name == Some(name)).unwrap();
    let [backups, checkpoints] = ["backups", "checkpoints"].map(|name| home.path().join(name));
    let places = [("BACKUPS", &*backups), ("CHECKPOINTS", &*checkpoints), ("DATA", data)];
    let told = home.run_script(&block.text, &places).await.good();
    told.out
}

/// Tries a token with a call that nobody made before, and returns the status.
async fn tried(gateway: &Binary, token: &str, prompt: &str) -> u16 {
    let client = Client::new(gateway.ready.proxy.clone(), token);
    client.post(GENERATE, &json!({ "prompt": prompt })).await.status
}

fn use_folder(home: &Home, data: &Path) {
    home.change(&format!("[data]\ndir = \"{}\"\n", data.display()));
}

#[test]
fn every_block_that_is_to_be_run_is() {
    let named: BTreeSet<_> = snippets(PAGE).iter().filter_map(|block| block.name).collect();
    assert_eq!(named, BTreeSet::from(["backup", "restore", "leave", "arrive"]));
}

#[tokio::test]
async fn a_disk_that_is_lost() {
    let home = Home::new().await;
    fs::create_dir(home.path().join("backups")).unwrap();
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    run(&home, "backup", &home.data()).await;
    assert_eq!(tried(&gateway, &token, "a cat").await, 200);
    let checkpoint = home.run(&["audit", "checkpoint"]).await.good();
    fs::write(home.path().join("checkpoints"), checkpoint.out).unwrap();
    gateway.kill().await;
    fs::remove_dir_all(home.data()).unwrap();
    let data = home.path().join("new");
    let said = run(&home, "restore", &data).await;
    assert!(said.contains("not covered") && said.contains("new key"), "{said}");
    use_folder(&home, &data);
    let gateway = home.start().await;
    assert_eq!(tried(&gateway, &token, "a dog").await, 401);
    home.run(&["token", "enable", &id]).await.good();
    assert_eq!(tried(&gateway, &token, "a heron").await, 200);
    gateway.stop().await;
}

#[tokio::test]
async fn moving_to_another_machine() {
    let home = Home::new().await;
    fs::create_dir(home.path().join("backups")).unwrap();
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    assert_eq!(tried(&gateway, &token, "a boat").await, 200);
    let key = home.run(&["audit", "key"]).await.good().out;
    run(&home, "leave", &home.data()).await;
    assert_eq!(tried(&gateway, &token, "a bridge").await, 503, "it is paused");
    gateway.stop().await;
    let data = home.path().join("moved");
    let said = run(&home, "arrive", &data).await;
    assert!(said.contains("\ncovered") && !said.contains("new key"), "{said}");
    fs::remove_dir_all(home.data()).unwrap();
    use_folder(&home, &data);
    let gateway = home.start().await;
    assert_eq!(home.run(&["audit", "key"]).await.good().out, key, "under the same name");
    assert_eq!(tried(&gateway, &token, "a storm").await, 503, "the pause came along");
    home.run(&["resume"]).await.good();
    assert_eq!(tried(&gateway, &token, "a lamp").await, 200);
    gateway.stop().await;
    home.verify().await;
}

/// Returns the schema of a database, its tables, and how many records it has.
fn content(file: &Path) -> (u32, String, u32) {
    let database = rusqlite::Connection::open(file).unwrap();
    let schema = database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let sql = "SELECT (SELECT group_concat(sql) FROM sqlite_schema), (SELECT count(*) FROM audit_records)";
    let found = database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (tables, records) = found.unwrap();
    (schema, tables, records)
}

#[tokio::test]
async fn an_older_ideogate_does_not_open_it() {
    let home = Home::new().await;
    home.start().await.stop().await;
    let file = home.data().join("ideogate.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    let newest: u32 = database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    database.pragma_update(None, "user_version", newest + 1).unwrap();
    database.close().unwrap();
    let before = content(&file);
    let mut gateway = home.begin();
    assert_eq!(gateway.ended().await.code(), Some(1));
    let words = format!(
        "the database has schema {}, but this ideogate knows only up to {newest}: use the newer one",
        newest + 1
    );
    let said = async || gateway.log().contains(&words).then_some(());
    until("it says why", said).await;
    assert_eq!(content(&file), before, "nothing was changed");
    let verify = home.run(&["audit", "verify"]).await;
    assert!(verify.code != 0 && verify.err.contains(&words), "{verify:?}");
}
