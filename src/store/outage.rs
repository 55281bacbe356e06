//! What is remembered while the database fails.

use crate::domain::{Action, AuditRecord, Bundle, Principal, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// A time in which the database cannot be written. It begins with the commit that failed and ends
/// only when all that is owed, and a record of the outage itself, are committed together.
#[derive(Debug)]
pub(super) struct Outage {
    pub(super) reason: Box<str>,
    pub(super) since: Timestamp,
    pub(super) retry_at: Instant,
    /// Sent outcomes and appended records, in order. They are in memory whether or not the spill
    /// file took them.
    pub(super) owed: Vec<Bundle>,
    /// How many of the owed are appended records. They count against the bound of what may wait
    /// until the outage is over.
    pub(super) appended: usize,
    /// Intents that were declined in the very commit that failed: they may be in after all. Whether
    /// they are is looked up once the database is open again.
    pub(super) doubtful: Vec<Bundle>,
}

impl Outage {
    /// Returns how long to wait before the next try. Zero means that a try is due.
    pub(super) fn until_retry(&self) -> Duration {
        self.retry_at.saturating_duration_since(Instant::now())
    }
}

impl Outage {
    /// Returns the record that tells of the outage; to commit it proves that the database works.
    pub(super) fn recovery_bundle(&self, now: Timestamp) -> Bundle {
        let before =
            serde_json::json!({"health": "failed", "reason": self.reason, "since": self.since});
        let after = serde_json::json!({"health": "good", "owed": self.owed.len()});
        let (who, what) = (Principal::Gateway, Action::StoreRecovered);
        Bundle::record(AuditRecord::change(now, who, what, "store", before, after))
    }
}
