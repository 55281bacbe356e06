//! Other settings for a gateway that runs.

use super::{Reply, TestApp, merge};
use serde_json::{Value, json};

impl TestApp {
    /// Lays settings over those in the file, which nobody reads before a reload.
    pub(crate) fn change(&self, toml: &str) {
        let file = self.file();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, merge(&text, toml)).unwrap();
    }

    /// Asks for a reload, as the local operator does.
    pub(crate) async fn try_reload(&self, asked: &Value) -> Reply {
        self.local_admin().post("/api/v1/config/reload", Some(asked)).await
    }

    /// Lays settings over those in the file and puts them in force; returns the keys that changed.
    pub(crate) async fn reload(&self, toml: &str) -> Vec<String> {
        self.change(toml);
        let reply = self.try_reload(&json!({})).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let told = reply.json();
        assert_eq!(told["needs_restart"], json!([]), "{told}");
        let changed = told["changed"].as_array().unwrap();
        changed.iter().map(|one| one["key"].as_str().unwrap().to_owned()).collect()
    }
}
