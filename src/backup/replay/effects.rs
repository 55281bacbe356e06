//! What one record leads to.

use crate::domain::Effect;

/// Where a record stands, as seen from the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordPlace {
    /// It follows what is there, and goes into the chain as it is.
    Follows,
    /// Records before it are missing, so that it cannot go into the chain; what it tells is applied.
    BehindGap,
}

/// What a record leads to.
#[derive(Debug, Clone, Default)]
pub struct RecordEffects {
    /// What is to be changed, all of it or nothing.
    pub effects: Vec<Effect>,
    /// By how much more was charged then, in millionths of a dollar; less where it was corrected.
    pub charged: i64,
    /// Calls that ended with it.
    pub calls: u64,
    /// End users that were forgotten with it.
    pub forgotten: u64,
    /// Whether it may find nothing to change, as it could where it was written.
    pub may_find_nothing: bool,
}

/// A record cannot be understood, so nobody knows what it takes away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "record {seq} tells of {action}, in a way that this ideogate does not understand: use a newer one"
)]
pub struct UnknownRecord {
    /// Its number.
    pub seq: u64,
    /// What was done.
    pub action: Box<str>,
}

impl RecordEffects {
    /// Returns changes that must be possible.
    pub(super) fn of(effects: Vec<Effect>) -> Self {
        Self { effects, ..Self::default() }
    }

    /// Returns changes that may find nothing to change.
    pub(super) fn where_found(effects: Vec<Effect>) -> Self {
        Self { effects, may_find_nothing: true, ..Self::default() }
    }
}
