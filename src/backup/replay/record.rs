//! One record, by its kind and action.

use super::{
    calls, changes,
    effects::{RecordEffects, RecordPlace, UnknownRecord},
    operators,
    replayed::Replayed,
    tokens,
};
use crate::{
    domain::{Action, AdminChange, RecordBody},
    store::SealedRecord,
};

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
