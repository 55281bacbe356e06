//! The change itself: first on record, then in force.

use super::{desk::ReloadDesk, plan::Plan};
use crate::{
    admin::{ReloadError, ReloadedView},
    app::services::admission_options,
    config::TakenSettings,
    domain::{Action, Actor, AuditRecord, Bundle},
    keys::StartError,
    store::JournalError,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

impl ReloadDesk {
    /// Puts a plan on record and in force. What cannot be recorded is not changed.
    pub(super) async fn put_in_force(
        &self,
        plan: Plan,
        by: Actor,
    ) -> Result<ReloadedView, ReloadError> {
        let told = plan.told();
        for managed in plan.slots.iter().filter_map(|new| new.managed.as_ref()) {
            let adopted = self.rooms.keys.note_first_sight(managed).await;
            adopted.map_err(|error| match error {
                StartError::Unrecorded(cause) => ReloadError::Unrecorded(cause),
                _ => ReloadError::Stopping,
            })?;
        }
        if !plan.taken.changed.is_empty() {
            self.record(&plan.taken, by).await.map_err(ReloadError::Unrecorded)?;
        }
        self.swap(plan);
        Ok(told)
    }

    async fn record(&self, taken: &TakenSettings, by: Actor) -> Result<(), JournalError> {
        let changed = &taken.changed;
        let before: Map<_, _> =
            changed.iter().map(|one| (one.key.to_string(), json!(one.before))).collect();
        let mut after: Map<_, _> =
            changed.iter().map(|one| (one.key.to_string(), json!(one.after))).collect();
        after.insert("needs_restart".to_owned(), json!(taken.needs_restart));
        let (now, [before, after]) = (self.rooms.clock.now(), [before, after].map(Value::Object));
        let record = AuditRecord::change(now, by, Action::ConfigReload, "settings", before, after);
        self.rooms.journal.commit(Bundle::record(record)).await
    }

    /// Nothing in here waits or fails.
    fn swap(&self, plan: Plan) {
        let rooms = &self.rooms;
        for new in &plan.slots {
            if let Some(link) = rooms.accounts.link(&new.account) {
                link.add_slot(&new.environment, &new.slot);
            }
            if let Some(managed) = &new.managed {
                rooms.keys.take_in(managed, self.files.asked());
            }
        }
        rooms.keys.set_missing(plan.missing);
        let next = Arc::new(plan.taken.settings);
        // Series before what counts in them: a rate needs a zero before the first.
        rooms.metrics.expect(&next);
        rooms.settings.swap(Arc::clone(&next));
        rooms.journal.keep_addresses(next.audit.client_addr);
        rooms.notifier.aim(plan.told_to);
        rooms.admission.reconfigure(&admission_options(&next));
        if let Some(log) = &self.log
            && let Err(error) = log.set_filter(&next.log.filter)
        {
            tracing::warn!(%error, "the log keeps its filter");
        }
    }
}
