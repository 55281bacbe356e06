//! Old days of the record move into segments, while the gateway serves.

mod commands;
mod killed;
mod pace;

use crate::support::Home;
use ideogate::{
    audit::HashChain,
    domain::{Action, Actor, AuditRecord, Bundle, Clock, SystemClock, Timestamp},
    store::{Store, StoreOptions, UnwatchedCommits, make_folder},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

const DAY: Duration = Duration::from_hours(24);

/// Records of one commit.
const AT_ONCE: usize = 1000;

fn now() -> Timestamp {
    SystemClock.now()
}

/// Returns a UTC day, as in `2026-11-01`.
pub fn day(days_ago: u32) -> String {
    now().minus(DAY * days_ago).to_string()[..10].to_owned()
}

/// Puts records of some days ago into a data folder that nobody uses.
pub async fn fill(home: &Home, days_ago: u32, records: usize) {
    put(home, (0..records).map(|number| old(days_ago, number, 400))).await;
}

/// Returns a record of some days ago, with so many bytes that mean nothing.
pub fn old(days_ago: u32, number: usize, bytes: usize) -> AuditRecord {
    let at = now().minus(DAY * days_ago);
    let after = json!({ "number": number, "filler": "x".repeat(bytes) });
    let (action, by) = (Action::StoreRecovered, Actor::GATEWAY);
    AuditRecord::change(at, by, action, format!("filler {number}"), Value::Null, after)
}

/// Puts records into a data folder that nobody uses.
pub async fn put(home: &Home, records: impl IntoIterator<Item = AuditRecord>) {
    make_folder(&home.data()).unwrap();
    let store = Store::open(StoreOptions {
        dir: home.data(),
        max_size: 0,
        seal: Arc::new(HashChain),
        clock: Arc::new(SystemClock),
        watch: Arc::new(UnwatchedCommits),
    });
    let store = store.unwrap();
    let mut records = records.into_iter().peekable();
    while records.peek().is_some() {
        let records = records.by_ref().take(AT_ONCE).collect();
        let bundle = Bundle { records, effects: Vec::new(), person: None };
        store.journal().commit(bundle).await.unwrap();
    }
    store.close().await;
}
