//! How far it is.

use super::{ArchiveError, HeldBack};
use crate::domain::{StoredSegment, Timestamp, error_chain};

/// What is being moved, or was moved last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveStatus {
    /// Whether it goes on.
    pub running: bool,
    /// Up to when records are moved; `None` before the first time.
    pub before: Option<Timestamp>,
    /// What is being done, in one word.
    pub step: &'static str,
    /// Records that left the database so far.
    pub records_done: u64,
    /// Records that are to leave, as far as that is known.
    pub records_of: u64,
    /// The segments that were made.
    pub segments: Vec<MovedSegment>,
    /// Bytes by which the database's file became smaller.
    pub freed_bytes: u64,
    /// What holds records back that are old enough.
    pub held_back: Option<HeldBack>,
    /// Why it ended too soon.
    pub failed: Option<ArchiveFailure>,
}

/// A segment that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedSegment {
    /// The name of its file.
    pub name: String,
    /// The number of its first record.
    pub first: u64,
    /// The number of its last record.
    pub last: u64,
    /// The bytes of its file.
    pub bytes: u64,
}

/// Why records were not moved, as operators read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveFailure {
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, with its causes.
    pub message: String,
    /// When it was found first.
    pub since: Timestamp,
}

impl MovedSegment {
    pub(super) fn of(segment: &StoredSegment) -> Self {
        let StoredSegment { first, last, bytes, .. } = *segment;
        Self { name: segment.name(), first, last, bytes }
    }
}

impl ArchiveStatus {
    /// A turn begins.
    pub(super) fn begin(&mut self, before: Option<Timestamp>) {
        // A failure stays until a turn went well.
        let failed = self.failed.take();
        *self = Self { running: true, before, step: "planning", failed, ..Self::default() };
    }

    /// A turn ended.
    pub(super) fn end(&mut self, ended: &Result<(), ArchiveError>, now: Timestamp) {
        self.running = false;
        self.step = "";
        self.failed = match ended {
            Ok(()) => None,
            // The next start goes on; nothing is wrong.
            Err(ArchiveError::Stopping) => self.failed.take(),
            Err(error) => Some(ArchiveFailure {
                code: error.code(),
                message: error_chain(error),
                since: self.failed.as_ref().map_or(now, |failed| failed.since),
            }),
        };
    }
}
