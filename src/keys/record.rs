//! What is put on record about keys.

use super::{Keys, managed_slot::ManagedSlot};
use crate::{
    calls::ServingKey,
    config::KeySource,
    domain::{Action, Actor, AuditRecord, Bundle},
    store::JournalError,
};
use serde_json::{Value, json};

impl Keys {
    /// Makes a record about a key durable.
    pub(super) async fn record(
        &self,
        by: &Actor,
        action: Action,
        resource: String,
        [before, after]: [Value; 2],
    ) -> Result<(), JournalError> {
        let now = self.0.clock.now();
        let record = AuditRecord::change(now, by, action, resource, before, after);
        self.0.journal.commit(Bundle::record(record)).await
    }
}

/// Returns what a record of an adoption says.
pub(super) fn adopted(kept: &ManagedSlot, key: &ServingKey, source: &KeySource) -> Value {
    json!({
        "version": key.version(),
        "environments": kept.environments,
        "source": kind(source),
        "fingerprint": key.tag(),
    })
}

/// Returns the kind of a source.
pub(super) fn kind(source: &KeySource) -> &'static str {
    match source {
        KeySource::Variable(_) => "variable",
        KeySource::File { .. } => "file",
    }
}
