//! A part of the record that lies in a file of its own.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// A segment as the database knows it: which records are in its file, and what is signed of them.
/// Segments follow each other without a gap, from record 1 on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSegment {
    /// The number of its first record.
    pub first: u64,
    /// The number of its last record.
    pub last: u64,
    /// The hash of the record before the first.
    pub prev_hash: [u8; 32],
    /// The hash of the last record.
    pub hash: [u8; 32],
    /// The earliest time of a record in it.
    pub first_at: Timestamp,
    /// The latest time of a record in it. With a clock that was set back it is not that of the last.
    pub last_at: Timestamp,
    /// The bytes of the file; 0 where there never was one.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// What is signed of it, as a note.
    pub note: Box<str>,
    /// When the file was deleted on record, or the records accepted as lost; `None` while it is there.
    pub deleted_at: Option<Timestamp>,
}

impl StoredSegment {
    /// Returns how many records are in it.
    pub fn records(&self) -> u64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }

    /// Says whether a record of this number is in it.
    pub fn holds(&self, seq: u64) -> bool {
        (self.first..=self.last).contains(&seq)
    }

    /// Returns the name of its file.
    pub fn name(&self) -> String {
        segment_name(self.first, self.last)
    }
}

/// Returns the name of the file with the records of these numbers, so that names sort as numbers do.
pub fn segment_name(first: u64, last: u64) -> String {
    format!("{first:012}-{last:012}.jsonl.zst")
}
