//! What is remembered while the database fails.

use crate::domain::{Action, AuditRecord, Bundle, Principal, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// A time in which the database cannot be written.
#[derive(Debug)]
pub(super) struct Outage {
    pub(super) reason: Box<str>,
    pub(super) since: Timestamp,
    pub(super) retry_at: Instant,
    /// Sent outcomes and appended records, in order.
    pub(super) owed: Vec<Bundle>,
    /// How many of the owed are appended records.
    pub(super) appended: usize,
    /// Intents that were declined in the very commit that failed: they may be in after all.
    pub(super) doubtful: Vec<Bundle>,
}

impl Outage {
    /// Returns how long to wait before the next try.
    pub(super) fn until_retry(&self) -> Duration {
        self.retry_at.saturating_duration_since(Instant::now())
    }
}

impl Outage {
    /// Returns the record that tells of the outage; to commit it proves that the database works.
    pub(super) fn told(&self, now: Timestamp) -> Bundle {
        let before =
            serde_json::json!({"health": "failed", "reason": self.reason, "since": self.since});
        let after = serde_json::json!({"health": "good", "owed": self.owed.len()});
        let (who, what) = (Principal::Gateway, Action::StoreRecovered);
        Bundle::record(AuditRecord::change(now, who, what, "store", before, after))
    }
}
