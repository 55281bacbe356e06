//! Counts since the start.

use serde::Serialize;

/// Counts since the start, per account. They live in memory and only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AdmissionCounters {
    /// Calls let in, again after an upstream 429 included.
    pub admitted: u64,
    /// Calls let in ahead of one whose turn was earlier but which did not fit.
    pub overtakes: u64,
    /// Calls whose deadline passed while they waited.
    pub timeouts: u64,
    /// Calls that were sent away at once because they would have waited in vain.
    pub futile: u64,
    /// Calls that found the queue full.
    pub queue_full: u64,
    /// Calls that waited and were given places that another call gave back.
    pub handed_over: u64,
}
