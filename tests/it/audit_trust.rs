//! The record can be trusted: what was changed, cut off or put back is found, at the start and offline.

mod accepted;
mod by_hand;
mod checkpoints;
mod exports;
mod offline;
mod start;

use crate::support::{Binary, Client, Home, until};
use ideogate::{audit::HashChain, store::ChainHasher};
use rusqlite::Connection;
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Signs soon.
const OFTEN: &str = "[audit]\ncheckpoint_records = 3\ncheckpoint_interval = \"1s\"\n";

const GENERATE: &str = "/v1/ideogram-v3/generate";

/// Returns a home that signs soon.
async fn home() -> Home {
    let home = Home::new().await;
    home.change(OFTEN);
    home
}

async fn call(client: &Client) {
    let reply = client.post(GENERATE, &json!({"prompt": "x"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// Runs a gateway for some calls, and stops it in order.
async fn some_calls(home: &Home, calls: usize) {
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    for _ in 0..calls {
        call(&client).await;
    }
    gateway.stop().await;
}

/// Starts a gateway that must refuse, and returns what it said.
async fn refused(home: &Home) -> String {
    let mut gateway: Binary = home.begin();
    let status = gateway.ended().await;
    assert!(!status.success(), "it started: {}", gateway.log());
    assert_eq!(gateway.rest().await, "", "it said that it is ready");
    // What it said may still be on its way through the pipe.
    until("it says why", async || gateway.log().contains("error: ").then(|| gateway.log())).await
}

/// Copies a folder's files, for its owner alone.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Puts the database of `from` in the place of that of `to`.
fn put_back(from: &Path, to: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let name = format!("ideogate.db{ending}");
        fs::remove_file(to.join(&name)).ok();
        if from.join(&name).exists() {
            fs::copy(from.join(&name), to.join(&name)).unwrap();
        }
    }
}

/// Keeps the checkpoints and the key where nobody who writes the data folder can write.
fn keep_elsewhere(home: &Home) -> (PathBuf, String) {
    let elsewhere = home.path().join("elsewhere");
    fs::copy(home.data().join("checkpoints"), &elsewhere).unwrap();
    let key = fs::read_to_string(home.data().join("audit-signing.pub")).unwrap();
    (elsewhere, key.trim().to_owned())
}

fn database(dir: &Path) -> Connection {
    Connection::open(dir.join("ideogate.db")).unwrap()
}

fn records(dir: &Path) -> u64 {
    let sql = "SELECT count(*) FROM audit_records";
    database(dir).query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap().cast_unsigned()
}

/// Returns the number of the first intent.
fn first_intent(dir: &Path) -> u64 {
    let sql = "SELECT min(seq) FROM audit_records WHERE kind = 'intent'";
    database(dir).query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap().cast_unsigned()
}

/// Cuts off all after `last`, and lets the database say that it ends there.
fn cut(dir: &Path, last: u64) {
    let sql = format!(
        "DELETE FROM audit_records WHERE seq > {last};
         UPDATE chain_head SET seq = {last}, hash = (SELECT hash FROM audit_records WHERE seq = {last});"
    );
    database(dir).execute_batch(&sql).unwrap();
}

/// Changes what record `from` says, and computes all hashes from there on anew.
fn forge(dir: &Path, from: u64, text: (&str, &str)) {
    let connection = database(dir);
    let mut read = connection.prepare("SELECT seq, bytes FROM audit_records ORDER BY seq").unwrap();
    let rows = read.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let rows: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
    let mut prev = HashChain.genesis();
    for (seq, mut bytes) in rows {
        if seq.cast_unsigned() == from {
            let honest = String::from_utf8(bytes).unwrap();
            let forged = honest.replace(text.0, text.1);
            assert_ne!(forged, honest, "nothing was changed");
            bytes = forged.into_bytes();
        }
        let hash = HashChain.seal(seq.cast_unsigned(), &prev, &bytes);
        let sql = "UPDATE audit_records SET bytes = ?1, prev_hash = ?2, hash = ?3 WHERE seq = ?4";
        connection.execute(sql, (&bytes, &prev[..], &hash[..], seq)).unwrap();
        prev = hash;
    }
    connection.execute("UPDATE chain_head SET hash = ?1", [&prev[..]]).unwrap();
}
