//! Ideogram's key is exchanged while calls run: no call fails, and somebody says when the old key may be
//! revoked.

mod commands;
mod load;
mod memory;
mod refused;
mod rejected;
mod restarted;
mod shared;
mod switched;
mod unrecorded;

use crate::support::{TestApp, TestSettings};
use ideogate::{
    domain::{AuditRecord, RecordBody},
    keys::KeyView,
    store::RecordQuery,
};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};
use tempfile::TempDir;
use tokio::time::{Duration, timeout};

const GENERATE: &str = "/v1/ideogram-v3/generate";
const OLD: &str = "the-old-key-of-the-tests-0123456789-aaaa";
const NEW: &str = "the-new-key-of-the-tests-9876543210-bbbb";
const THIRD: &str = "the-third-key-of-the-tests-5555555-cccc";

/// Files are looked at often, so that tests are quick.
const QUICK: &str = "[keys]\nlook_every = \"20ms\"\n";
/// Files are looked at when somebody asks for it.
const ASKED: &str = "[keys]\nlook_every = \"1h\"\n";

/// A gateway whose key is in a file, and the file.
struct Exchange {
    app: TestApp,
    folder: TempDir,
}

impl Exchange {
    /// Starts with the old key in a file; Ideogram takes the old key only.
    async fn start(toml: &str) -> Self {
        Self::with(toml, &[("IDEOGRAM_API_KEY_FILE", "key", OLD)]).await
    }

    /// Starts with these variables, which name files with these contents.
    async fn with(toml: &str, files: &[(&'static str, &str, &'static str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = Vec::new();
        for (variable, name, content) in files {
            let path = folder.path().join(name);
            if !content.is_empty() {
                fs::write(&path, content).unwrap();
            }
            keys.push((*variable, path.display().to_string()));
        }
        let accepted = files.iter().map(|(_, _, key)| *key).collect();
        let toml = toml.to_owned();
        let settings = TestSettings { toml, keys, accepted, ..TestSettings::default() };
        Self { app: TestApp::with(settings).await, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Exchanges a file as secret stores do: a new one is renamed into its place.
    fn put(&self, name: &str, key: &str) {
        fs::write(self.path("unfinished"), key).unwrap();
        fs::rename(self.path("unfinished"), self.path(name)).unwrap();
    }

    async fn rotate(&self, wish: Value) -> Value {
        self.app.tell("/api/v1/keys/rotate", &wish).await
    }

    /// Returns what operators see of the keys.
    async fn list(&self) -> Vec<KeyView> {
        serde_json::from_value(self.app.ask("/api/v1/keys").await).unwrap()
    }

    /// Waits until a key is in a state, and returns it.
    async fn becomes(&self, version: &str, state: &str) -> KeyView {
        let find = async {
            loop {
                let all = self.list().await;
                let mut same = all.into_iter().filter(|view| view.version == version);
                if let Some(found) = same.find(|view| view.state == state) {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let Ok(found) = timeout(Duration::from_secs(10), find).await else {
            panic!("{version} is never {state}: {:#?}", self.list().await);
        };
        found
    }

    /// Waits until a key is safe to revoke.
    async fn safe_to_revoke(&self, version: &str) -> KeyView {
        loop {
            let view = self.becomes(version, "retired").await;
            if view.safe_to_revoke {
                return view;
            }
        }
    }

    /// Returns the records about keys, oldest first.
    fn records(&self) -> Vec<AuditRecord> {
        let all = self.app.running.reader().records(&RecordQuery::default()).unwrap();
        let records = all.into_iter().map(|sealed| sealed.record);
        records.filter(|record| record.action.starts_with("key.")).collect()
    }

    /// Returns what was done to which key, oldest first.
    fn told(&self) -> Vec<String> {
        let told = |record: &AuditRecord| format!("{} {}", record.action, record.resource);
        self.records().iter().map(told).collect()
    }

    /// Returns the keys that arrived at Ideogram with calls for a path, in their order.
    fn keys_at(&self, path: &str) -> Vec<String> {
        let calls = self.app.ideogram.seen().calls;
        let at = calls.iter().filter(|call| call.path() == path);
        at.map(|call| call.header("api-key").unwrap().to_owned()).collect()
    }
}

fn body() -> Value {
    json!({"prompt": "a lighthouse", "rendering_speed": "TURBO"})
}

/// Returns what is there after a change.
fn after(record: &AuditRecord) -> &Value {
    let RecordBody::Admin(change) = &record.body else { panic!("{record:?}") };
    &change.after
}
