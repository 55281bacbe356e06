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
fn day(days_ago: u32) -> String {
    now().minus(DAY * days_ago).to_string()[..10].to_owned()
}

/// Puts records of some days ago into a data folder that nobody uses.
async fn fill(home: &Home, days_ago: u32, records: usize) {
    make_folder(&home.data()).unwrap();
    let store = Store::open(StoreOptions {
        dir: home.data(),
        max_size: 0,
        seal: Arc::new(HashChain),
        clock: Arc::new(SystemClock),
        watch: Arc::new(UnwatchedCommits),
    });
    let store = store.unwrap();
    let at = now().minus(DAY * days_ago);
    let record = |number: usize| {
        let after = json!({ "number": number, "filler": "x".repeat(400) });
        let (action, by) = (Action::StoreRecovered, Actor::GATEWAY);
        AuditRecord::change(at, by, action, format!("filler {number}"), Value::Null, after)
    };
    for begin in (0..records).step_by(AT_ONCE) {
        let records = (begin..records.min(begin + AT_ONCE)).map(record).collect();
        store
            .journal()
            .commit(Bundle { records, effects: Vec::new(), person: None })
            .await
            .unwrap();
    }
    store.close().await;
}
