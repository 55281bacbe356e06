//! One record, by its kind and action.

use super::{calls, changes, operators, replayed::Replayed, tokens};
use crate::{
    domain::{Action, AdminChange, Effect, RecordBody},
    store::SealedRecord,
};

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

/// Returns what a record leads to, and notes it. Records come in their order.
pub fn replay(
    sealed: &SealedRecord,
    place: RecordPlace,
    kept: &mut Replayed,
) -> Result<RecordEffects, UnknownRecord> {
    let record = &sealed.record;
    let unknown = || UnknownRecord { seq: sealed.seq, action: record.action.clone() };
    let action = Action::find(&record.action).ok_or_else(unknown)?;
    let effects = match &record.body {
        RecordBody::Intent(intent) => calls::opened(record, intent, kept),
        RecordBody::Outcome(outcome) => calls::ended(record, action, outcome, kept),
        // They change nothing but the record.
        RecordBody::Attempt(_) | RecordBody::Refusal(_) | RecordBody::Summary(_) => {
            Some(RecordEffects::default())
        }
        RecordBody::Admin(change) => changed(sealed, (action, change), place, kept),
    };
    effects.ok_or_else(unknown)
}

/// Returns what a change leads to; `None` where it cannot be understood.
fn changed(
    sealed: &SealedRecord,
    (action, change): (Action, &AdminChange),
    place: RecordPlace,
    kept: &mut Replayed,
) -> Option<RecordEffects> {
    // All are named, so that whoever adds one has to decide what a restore makes of it.
    match action {
        Action::TokenCreate
        | Action::TokenUpdate
        | Action::TokenReduce
        | Action::TokenRotate
        | Action::TokenEnable
        | Action::TokenDisable
        | Action::TokenRevoke => tokens::changed(sealed, change, kept),
        Action::TokenPrune => Some(tokens::pruned(sealed, kept)),
        Action::OperatorCreate
        | Action::OperatorRotate
        | Action::OperatorSetRole
        | Action::OperatorEnable
        | Action::OperatorDisable
        | Action::OperatorRevoke => operators::changed(sealed, change, kept),
        Action::KeyAdopt | Action::KeyRetired | Action::KeyRejected | Action::BalanceChange => {
            Some(changes::read_by_a_start(sealed, place, kept))
        }
        Action::WebhookUser => changes::vendor_user(sealed, change),
        Action::WebhookReceived => Some(calls::delivered(sealed, change)),
        Action::QueueRelease => Some(calls::released(sealed)),
        Action::UsageWriteOff => Some(calls::written_off(sealed)),
        Action::UsageWriteOffUndo => Some(calls::reserved_again(sealed)),
        Action::QueuePause => changes::paused(sealed, change),
        Action::QueueResume => Some(changes::resumed(sealed, place, kept)),
        Action::PersonForget => Some(changes::forgotten(sealed)),
        Action::AuditArchive => changes::archived(change, place),
        Action::AuditSegmentDelete => changes::segment_deleted(sealed, change, place, kept),
        Action::AuditAcceptRestore | Action::AuditRestore => changes::goes_on(change, kept),
        Action::KeyRefused
        | Action::WebhookRefused
        | Action::ConfigReload
        | Action::AuditExport
        | Action::BackupCreate
        | Action::AdminRequest
        | Action::StoreRecovered => Some(RecordEffects::default()),
        // Calls have records of other kinds.
        Action::Call
        | Action::CallRecovered
        | Action::CallReplayed
        | Action::CallSettled
        | Action::GenerationEnded => None,
    }
}
