//! Commits of the journal, as metrics.

use crate::{store::CommitWatch, telemetry::Metrics};
use std::{sync::Arc, time::Duration};

/// Counts commits.
///
/// It is told after each commit.
#[derive(Debug)]
pub(super) struct CommitMetrics(pub(super) Arc<Metrics>);

impl CommitWatch for CommitMetrics {
    /// Counts a commit and how long it took.
    fn committed(&self, bundles: usize, took: Duration) {
        self.0.committed(u32::try_from(bundles).unwrap_or(u32::MAX), took);
    }

    /// Notes how large the write-ahead log is.
    fn log_grew(&self, bytes: u64) {
        self.0.set_wal(bytes);
    }
}
