//! Who wants to know how the journal does.

use std::{fmt, time::Duration};

/// Is told of commits; must be quick, since the journal waits for it. It cannot refuse anything,
/// and is told only of what happened.
pub trait CommitWatch: fmt::Debug + Send + Sync {
    /// So many bundles were committed together, in this time. The time is that of the whole
    /// transaction, the sync of the disk included. Commits that end an outage are not told.
    fn committed(&self, bundles: usize, took: Duration);

    /// What is not yet in the database's own file takes so many bytes beside it. Told after each
    /// commit, and each second while it is not small; it may have become smaller.
    fn log_grew(&self, bytes: u64);
}

/// Nobody wants to know.
#[derive(Debug, Clone, Copy, Default)]
pub struct UnwatchedCommits;

impl CommitWatch for UnwatchedCommits {
    fn committed(&self, _bundles: usize, _took: Duration) {}
    fn log_grew(&self, _bytes: u64) {}
}
