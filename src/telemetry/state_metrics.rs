//! What is shown of how the gateway stands: its record, budgets, keys and settings, and who is told.

use super::{
    Metrics,
    labels::{
        EnvironmentLabels, KEY_STATES, KeyLabels, KeyStateLabels, NOTIFICATION_RESULTS,
        NOTIFICATIONS, NotificationLabels, ReloadLabels, Word,
    },
    metrics::{dollars, seconds, whole},
};
use crate::domain::{AccountName, EnvironmentName, Timestamp, Usd};
use std::{sync::atomic::Ordering, time::Duration};

impl Metrics {
    /// So many records left the database. They are in a segment on record.
    pub fn archived(&self, records: u64) {
        self.series.archived_records.inc_by(records);
    }

    /// Old records could not be moved, or a segment not deleted. It is tried again, and each failure
    /// counts.
    pub fn archive_failed(&self) {
        self.series.archive_failures.inc();
    }

    /// So many segments are on record and were not deleted, with so many bytes; the record goes on in the
    /// database with this number. Told again and again; the last one holds.
    pub fn set_segments(&self, segments: usize, bytes: u64, first: u64) {
        self.series.segments.set(whole(segments));
        self.series.segment_size.set(bytes.try_into().unwrap_or(i64::MAX));
        self.series.record_first.set(first.try_into().unwrap_or(i64::MAX));
    }

    /// The database holds so many bytes, of so many at most; 0 means no bound. Told again and again; the last
    /// one holds.
    pub fn set_database(&self, bytes: u64, most: u64) {
        self.series.database.set(bytes.try_into().unwrap_or(i64::MAX));
        self.series.database_max.set(most.try_into().unwrap_or(i64::MAX));
    }

    /// The budget of an environment of which the least is left is this, and so much of it is left. Told
    /// again and again; the last one holds.
    pub fn set_budget(&self, environment: &EnvironmentName, limit: Usd, left: Usd) {
        let labels = EnvironmentLabels { environment: environment.clone() };
        self.series.budget_limit.get_or_create(&labels).set(dollars(limit));
        self.series.budget_remaining.get_or_create(&labels).set(dollars(left));
    }

    /// The key of an environment is in this state, which must be one of those that are shown. Told again and
    /// again; the last one holds.
    pub fn set_key_state(
        &self,
        account: &AccountName,
        environment: &EnvironmentName,
        is: &'static str,
    ) {
        debug_assert!(KEY_STATES.contains(&is), "{is} is not shown");
        for state in KEY_STATES {
            let (account, environment) = (account.clone(), environment.clone());
            let labels = KeyStateLabels { account, environment, state: Word(state) };
            self.series.key_state.get_or_create(&labels).set(i64::from(state == is));
        }
    }

    /// The key of an environment is in service for so long. Told again and again; the last one holds.
    pub fn set_key_age(&self, account: &AccountName, environment: &EnvironmentName, age: Duration) {
        let labels = KeyLabels { account: account.clone(), environment: environment.clone() };
        self.series.key_age.get_or_create(&labels).set(seconds(age));
    }

    /// The end of the record is known to be signed and kept at that time.
    pub fn covered(&self, at: Timestamp) {
        self.covered_at.store(at.as_micros(), Ordering::Relaxed);
    }

    /// Shows how long ago that was; 0 before it was known for the first time.
    pub fn set_checkpoint_age(&self, now: Timestamp) {
        let covered = self.covered_at.load(Ordering::Relaxed);
        if covered > 0 {
            self.series.checkpoint_age.set(seconds(now.since(Timestamp::from_micros(covered))));
        }
    }

    /// What no backup holds goes back so far. Told again and again; the last one holds.
    pub fn set_backup_age(&self, age: Duration) {
        self.series.backup_age.set(seconds(age));
    }

    /// A notification, or a try of one, came to this. Both words must be among those that are shown at zero.
    pub fn notified(&self, kind: &'static str, result: &'static str) {
        debug_assert!(NOTIFICATIONS.contains(&kind) && NOTIFICATION_RESULTS.contains(&result));
        let labels = NotificationLabels { kind: Word(kind), result: Word(result) };
        self.series.notifications.get_or_create(&labels).inc();
    }

    /// So many notifications wait now.
    pub fn set_notifications_waiting(&self, waiting: usize) {
        self.series.notifications_waiting.set(whole(waiting));
    }

    /// So many bytes are free on the disk of the data folder. Told again and again; the last one holds.
    pub fn set_disk_free(&self, bytes: u64) {
        self.series.disk_free.set(bytes.try_into().unwrap_or(i64::MAX));
    }

    /// The settings were reloaded; `result` is `changed`, `same` or `refused`.
    pub fn reloaded(&self, result: &'static str, now: Timestamp) {
        self.series.reloads.get_or_create(&ReloadLabels { result: Word(result) }).inc();
        if result == "changed" {
            self.series.reloaded.set(now.as_micros() / 1_000_000);
        }
    }
}
