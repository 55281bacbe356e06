//! What the control plane works with.

use super::{export_notes::ExportNotes, reload_handle::ReloadHandle};
use crate::{
    accounts::Accounts,
    admission::Admission,
    archive::Mover,
    audit::RefusalBook,
    audit::trust::Notary,
    backup::Backups,
    calls::Calls,
    config::{Doubts, LiveSettings},
    domain::{Action, Actor, AuditRecord, Bundle, Clock},
    keys::Keys,
    ledger::Ledger,
    notify::Notifier,
    operators::Operators,
    persons::Persons,
    rate_limit::Attempts,
    spool::SpoolBudget,
    store::{Journal, JournalError, Reader},
    tasks::Tasks,
    telemetry::Metrics,
    tokens::Tokens,
};
use serde_json::Value;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The rooms that the control plane uses; clones share them.
#[derive(Debug, Clone)]
pub struct AdminState {
    /// Makes and changes tokens.
    pub tokens: Tokens,
    /// Knows end users, and forgets them.
    pub persons: Persons,
    /// Tells of the queue and pauses it.
    pub admission: Admission,
    /// Knows what was spent.
    pub ledger: Ledger,
    /// Reads the record.
    pub reader: Reader,
    /// Writes the record.
    pub journal: Journal,
    /// Tells environments, accounts and routes.
    pub settings: LiveSettings,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Runs what must not be cut off, and what blocks.
    pub tasks: Tasks,
    /// Told when the gateway closes, so that endless answers end.
    pub closing: CancellationToken,
    /// Frees the places of calls, and writes off their money.
    pub calls: Calls,
    /// Tells why calls to an account are stopped.
    pub accounts: Accounts,
    /// Tells how much bodies take.
    pub spool: Arc<SpoolBudget>,
    /// Tells what was measured.
    pub metrics: Arc<Metrics>,
    /// Tells what works on this machine and deserves a look.
    pub doubts: Arc<Doubts>,
    /// Signs where the record ends.
    pub notary: Arc<Notary>,
    /// Moves old records, and reads them where they are.
    pub archive: Mover,
    /// Makes backups.
    pub backups: Backups,
    /// What was said of exports.
    pub exports: ExportNotes,
    /// Knows who may ask over the network.
    pub operators: Operators,
    /// Bounds how often an address may fail to be an operator.
    pub attempts: Arc<Attempts>,
    /// Decides which refusals are written in full.
    pub refusals: Arc<RefusalBook>,
    /// Exchanges Ideogram's keys.
    pub keys: Keys,
    /// Tells how telling somebody is going.
    pub notifier: Notifier,
    /// Puts other settings in force.
    pub reload: ReloadHandle,
}

impl AdminState {
    /// Puts an operator's change on record.
    pub(super) async fn record(
        &self,
        by: Actor,
        action: Action,
        resource: &str,
        [before, after]: [Value; 2],
    ) -> Result<(), JournalError> {
        let now = self.clock.now();
        let record = AuditRecord::change(now, by, action, resource, before, after);
        self.journal.commit(Bundle::record(record)).await
    }
}
