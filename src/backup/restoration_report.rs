//! What came of a restore.

use super::{Coverage, Replayed};
use crate::{
    audit::trust::VerifierKey,
    domain::{Timestamp, Usd},
};

/// What was applied of records that came after the backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AppliedRecords {
    /// Records that went into the chain as they are.
    pub appended: u64,
    /// Records behind a gap, of which only what they tell was applied.
    pub behind_gaps: u64,
    /// Calls that ended.
    pub calls: u64,
    /// What was charged for them, in millionths of a dollar.
    pub spent: i64,
    /// End users that were forgotten.
    pub forgotten: u64,
    /// Calls of which something is told and whose beginning is not here.
    pub uncounted: u64,
}

impl AppliedRecords {
    /// Returns what was charged.
    pub fn spent_usd(&self) -> Usd {
        Usd::from_micros(self.spent)
    }
}

/// What came of a restore.
#[derive(Debug)]
pub struct RestorationReport {
    /// When the backup was made.
    pub made_at: Timestamp,
    /// Records in the database, without those that tell of the restore.
    pub records: u64,
    /// What was applied.
    pub applied: AppliedRecords,
    /// What is there by now.
    pub replayed: Replayed,
    /// How far it reaches.
    pub coverage: Coverage,
    /// Tokens that were disabled.
    pub tokens_disabled: usize,
    /// What the record is signed with from now on.
    pub key: VerifierKey,
    /// Whether that is a new key.
    pub is_new_key: bool,
    /// Segments whose files belong beside the database, and are in no backup.
    pub segments: Vec<String>,
}
