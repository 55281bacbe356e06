//! A gateway is lost, and one is made from a backup: nothing that was taken away comes back.
//!
//! ```text
//!   backup ──▶ something is taken away ──▶ checkpoint and export ──▶ kill -9 ──▶ restore ──▶ start ──▶ tried
//! ```

mod ended;
mod files;
mod folder;
mod keys;
mod money;
mod newer;
mod operators;
mod persons;
mod places;
mod retries;
mod secrets;
mod stopped;
mod tokens;
mod trust;

use crate::support::{Binary, Client, Home, Told, until};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

const GENERATE: &str = "/v1/ideogram-v3/generate";

/// What is left of a gateway whose disk was lost.
struct Left {
    backup: PathBuf,
    export: PathBuf,
    checkpoints: PathBuf,
    key: String,
}

/// What is known of the time after the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// All of it: an export, and a checkpoint from elsewhere.
    All,
    /// Nothing, and nobody says that tokens are to be trusted.
    Nothing,
    /// Nothing, but somebody says that tokens are to be trusted.
    Trusted,
}

/// Makes a backup while the gateway serves.
async fn back_up(home: &Home, with_keys: bool) -> PathBuf {
    let to = home.path().join("monday.backup");
    let asked = ["backup", "--to", to.to_str().unwrap(), "--with-keys"];
    let asked = if with_keys { &asked[..] } else { &asked[..3] };
    home.run(asked).await.good();
    to
}

/// Loses a gateway: what is left is a backup, a checkpoint and an export of just before its end.
async fn lose(home: &Home, gateway: Binary, backup: PathBuf) -> Left {
    let (export, checkpoints) = (home.path().join("newer.jsonl"), home.path().join("elsewhere"));
    let told = home.run(&["audit", "checkpoint"]).await.good();
    fs::write(&checkpoints, told.out).unwrap();
    let key = home.run(&["audit", "key"]).await.good().out.trim().to_owned();
    home.run(&["audit", "export", "--to", export.to_str().unwrap()]).await.good();
    gateway.kill().await;
    Left { backup, export, checkpoints, key }
}

/// Runs the command that restores into a folder.
async fn restore(home: &Home, left: &Left, into: &Path, more: &[&str]) -> Told {
    let [from, into] = [&left.backup, into].map(|path| path.to_str().unwrap());
    let asked = ["restore", "--from", from, "--data", into, "--key", &left.key];
    home.run(&[&asked[..], more].concat()).await
}

/// Restores with what is known, starts a gateway on it, and returns it with what the command said.
async fn restored(home: &Home, left: &Left, known: Known) -> (Binary, Value) {
    let told = restore_with(home, left, known).await;
    let gateway = home.start().await;
    home.verify().await;
    (gateway, told)
}

/// Restores with what is known into a folder that the settings name from then on, and returns what was said.
async fn restore_with(home: &Home, left: &Left, known: Known) -> Value {
    let into = home.path().join(format!("{known:?}"));
    let [export, checkpoints] =
        [&left.export, &left.checkpoints].map(|path| path.to_str().unwrap());
    let all = ["--record", export, "--checkpoint", checkpoints, "--output", "json"];
    let more: &[&str] = match known {
        Known::All => &all,
        Known::Nothing => &all[4..],
        Known::Trusted => &["--output", "json", "--trust-tokens"],
    };
    let told = restore(home, left, &into, more).await.good().json();
    home.change(&format!("[data]\ndir = \"{}\"\n", into.display()));
    told
}

/// Tries a token with a call that nobody made before, and returns the status.
async fn tried(gateway: &Binary, token: &str) -> u16 {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let client = Client::new(gateway.ready.proxy.clone(), token);
    let prompt = format!("call {}", CALLS.fetch_add(1, Ordering::Relaxed));
    client.post(GENERATE, &json!({ "prompt": prompt })).await.status
}

/// Returns the entry of the restore.
async fn seam(home: &Home) -> Value {
    let told = home.run(&["audit", "search", "--output", "json"]).await.good();
    let mut entries = told.lines().into_iter();
    let found = entries.find(|entry| entry["action"] == "audit.restore");
    found.unwrap_or_else(|| panic!("no seam: {told:?}"))["metadata"].clone()
}

/// Starts a gateway that must refuse, and returns what it said.
async fn refused(home: &Home) -> String {
    let mut gateway: Binary = home.begin();
    let status = gateway.ended().await;
    assert!(!status.success(), "it started: {}", gateway.log());
    until("it says why", async || gateway.log().contains("error: ").then(|| gateway.log())).await
}
