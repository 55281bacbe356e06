//! What operators may do to calls.

use super::Calls;
use crate::{
    domain::{Action, Actor, AuditRecord, Bundle, CallId, Effect},
    store::JournalError,
};
use serde_json::json;

/// Places could not be released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// No unknown or pending call of that name holds places.
    #[error("call {0} holds no places")]
    NotHeld(CallId),
    /// The release could not be recorded, so it was not done.
    #[error("release could not be recorded")]
    Unrecorded(#[source] JournalError),
}

impl Calls {
    /// Frees the places of an unknown or pending call on an operator's word.
    pub async fn release(&self, call: &CallId, by: impl Into<Actor>) -> Result<(), ReleaseError> {
        let services = self.services();
        if !services.admission.is_held(call) {
            return Err(ReleaseError::NotHeld(call.clone()));
        }
        let (before, after) = (json!({"held": true}), json!({"held": false}));
        let now = services.clock.now();
        let change =
            AuditRecord::change(now, by, Action::QueueRelease, call.as_str(), before, after);
        let record = AuditRecord { call: Some(call.clone()), ..change };
        let bundle = Bundle::record(record).with(Effect::ReleasePlaces(call.clone()));
        services.journal.commit(bundle).await.map_err(ReleaseError::Unrecorded)?;
        self.0.held.free(call);
        Ok(())
    }

    /// Frees places whose time is up, and forgets answers that are old; to be called now and then.
    pub fn tidy_up(&self) {
        self.0.held.free_expired();
        self.note_deliveries();
        self.forget_the_old();
    }
}
