//! What is put on record about keys.
//!
//! All of it goes through the same journal as calls. An adoption is durable before the switch; a refusal holds
//! even if its record cannot be written.

use super::{Keys, managed_slot::ManagedSlot};
use crate::{
    accounts::ServingKey,
    config::KeySource,
    domain::{Action, Actor, AuditRecord, Bundle},
    store::JournalError,
};
use serde_json::{Value, json};

impl Keys {
    /// Makes a record about a key durable.
    ///
    /// Returns once it is. Where this future is dropped the record may still be written.
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
///
/// It holds the tag and the last four characters, never the key.
pub(super) fn adopted(kept: &ManagedSlot, key: &ServingKey, source: &KeySource) -> Value {
    json!({
        "version": key.version(),
        "environments": kept.environments,
        "source": kind(source),
        "fingerprint": key.tag(),
    })
}

/// Returns the kind of a source.
///
/// It is `variable` or `file`; the record has neither the variable's name nor the file's path.
pub(super) fn kind(source: &KeySource) -> &'static str {
    match source {
        KeySource::Variable(_) => "variable",
        KeySource::File { .. } => "file",
    }
}
