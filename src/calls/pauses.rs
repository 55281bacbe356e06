//! What is paused: told, changed one at a time, ended when its time is up.
//!
//! A pause is a row of its own beside its record, so that it is still there when the record was put away.

use super::{
    Calls,
    pause_request::{PauseRequest, ResumeRequest},
};
use crate::{
    admission::Paused,
    domain::{Action, Actor, AuditRecord, Bundle, Effect, Pause, PauseTarget, Timestamp},
    store::JournalError,
    tokens::RequestError,
};
use parking_lot::MutexGuard;
use serde_json::{Value, json};

/// What the record says of a pause that ended by itself.
const TIME_IS_UP: &str = "its time is up";

/// Calls could not be paused or resumed; nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum PauseError {
    /// What was asked for is wrong in these ways.
    #[error("the request is wrong in {} ways", .0.len())]
    Invalid(Vec<RequestError>),
    /// It could not be put on record.
    #[error("the pause could not be put on record")]
    Unrecorded(#[source] JournalError),
    /// The gateway stopped before.
    #[error("the gateway is stopping")]
    Stopping,
}

/// What is to be changed, and by whom.
struct PauseChange {
    made: Vec<Pause>,
    ended: Vec<PauseTarget>,
    reason: Option<Box<str>>,
    by: Actor,
}

impl Calls {
    /// Pauses what is asked for; on record and in force when this returns. What is paused already gets another
    /// reason and another end.
    pub async fn pause(
        &self,
        asked: &PauseRequest,
        by: impl Into<Actor>,
    ) -> Result<Vec<Pause>, PauseError> {
        let (by, now) = (by.into(), self.services().clock.now());
        let settings = self.services().settings.now();
        let made = asked.read(&settings, &self.pauses(), &by.principal, now);
        let made = made.map_err(PauseError::Invalid)?;
        self.change(PauseChange { made, ended: Vec::new(), reason: None, by }).await
    }

    /// Resumes what is asked for; what is not paused is no mistake, and leaves no record.
    pub async fn resume(
        &self,
        asked: &ResumeRequest,
        by: impl Into<Actor>,
    ) -> Result<Vec<Pause>, PauseError> {
        let read = asked.read(&self.services().settings.now(), &self.pauses());
        let (ended, reason) = read.map_err(PauseError::Invalid)?;
        self.change(PauseChange { made: Vec::new(), ended, reason, by: by.into() }).await
    }

    /// Returns what is paused, the widest first.
    pub fn pauses(&self) -> Vec<Pause> {
        self.in_force().clone()
    }

    /// Takes up the pauses that the store kept; to be called once, before calls are served.
    pub fn restore_pauses(&self, kept: Vec<Pause>) {
        self.put_in_force(|in_force| *in_force = kept);
        // Before the first call: one whose time ran out meanwhile must refuse nobody.
        self.end_pauses();
        for pause in self.pauses() {
            tracing::warn!(target = %pause.target, "still paused; `ideogate resume` ends that");
        }
    }

    /// Ends the pauses whose time is up, by the clock alone: no call waits for the disk to hear of it.
    pub fn end_pauses(&self) {
        let now = self.services().clock.now();
        let mut over: Vec<_> = self.pauses();
        over.retain(|pause| pause.is_over(now));
        if over.is_empty() {
            return;
        }
        self.put_in_force(|in_force| in_force.retain(|pause| !pause.is_over(now)));
        let own = self.clone();
        self.services().tasks.spawn_background("pause ends", async move {
            let _turn = own.0.pauses.turn().await;
            own.record_ends(over, now).await;
        });
    }

    /// Puts on record what ended by itself. One that was paused again meanwhile has another row by now.
    async fn record_ends(&self, over: Vec<Pause>, now: Timestamp) {
        let in_force = self.pauses();
        let mut bundle = Bundle::default();
        for pause in over {
            if !in_force.iter().any(|other| other.target == pause.target) {
                end(&mut bundle, &pause, Some(TIME_IS_UP), &Actor::GATEWAY, now);
            }
        }
        if !bundle.records.is_empty()
            && let Err(error) = self.services().journal.commit(bundle).await
        {
            tracing::warn!(%error, "that a pause ended could not be put on record");
        }
    }

    /// Makes a change when its turn has come, as work of its own: what is on record happens, whoever hangs up.
    async fn change(&self, change: PauseChange) -> Result<Vec<Pause>, PauseError> {
        let own = self.clone();
        let work = async move {
            let _turn = own.0.pauses.turn().await;
            own.commit_change(change).await
        };
        let done = self.services().tasks.spawn_tracked("queue.pause", work).await;
        done.map_err(|_| PauseError::Stopping)?
    }

    async fn commit_change(&self, change: PauseChange) -> Result<Vec<Pause>, PauseError> {
        let PauseChange { made, ended, reason, by } = change;
        let (now, before) = (self.services().clock.now(), self.pauses());
        let known = |target: &PauseTarget| before.iter().find(|pause| pause.target == *target);
        let mut bundle = Bundle::default();
        for pause in &made {
            begin(&mut bundle, known(&pause.target), pause, &by, now);
        }
        for pause in ended.iter().filter_map(known) {
            end(&mut bundle, pause, reason.as_deref(), &by, now);
        }
        if bundle.records.is_empty() {
            return Ok(before);
        }
        let recorded = self.services().journal.commit(bundle).await;
        recorded.map_err(PauseError::Unrecorded)?;
        // Over what is in force by now: the time of others may have run out during the commit.
        self.put_in_force(|in_force| {
            let changed = |target: &PauseTarget| {
                made.iter().any(|pause| pause.target == *target) || ended.contains(target)
            };
            in_force.retain(|pause| !changed(&pause.target));
            in_force.extend(made);
        });
        Ok(self.pauses())
    }

    /// Changes what is in force, and closes and opens the gates; who waits at one that closes is sent away.
    fn put_in_force(&self, change: impl FnOnce(&mut Vec<Pause>)) {
        let services = self.services();
        let now = services.clock.now();
        // Held until the gates know: of two changes at once the last one is what they are told last.
        let mut in_force = self.in_force();
        let before = in_force.clone();
        change(&mut in_force);
        in_force.sort_by(|one, other| one.target.cmp(&other.target));
        for pause in before {
            services.metrics.set_paused(&pause.target, false);
        }
        for pause in in_force.iter() {
            services.metrics.set_paused(&pause.target, true);
        }
        let paused: Vec<_> = in_force.iter().map(|pause| Paused::new(pause.clone(), now)).collect();
        services.admission.set_pauses(paused);
    }

    fn in_force(&self) -> MutexGuard<'_, Vec<Pause>> {
        self.0.pauses.in_force()
    }
}

fn begin(bundle: &mut Bundle, before: Option<&Pause>, pause: &Pause, by: &Actor, now: Timestamp) {
    let before = before.map_or(Value::Null, |before| json!(before));
    let (action, target) = (Action::QueuePause, pause.target.to_string());
    bundle.records.push(AuditRecord::change(now, by.clone(), action, target, before, json!(pause)));
    bundle.effects.push(Effect::SavePause(Box::new(pause.clone())));
}

fn end(bundle: &mut Bundle, pause: &Pause, reason: Option<&str>, by: &Actor, now: Timestamp) {
    let mut after = json!({ "paused": false });
    if let Some(reason) = reason {
        after["reason"] = reason.into();
    }
    let (action, target) = (Action::QueueResume, pause.target.to_string());
    bundle.records.push(AuditRecord::change(now, by.clone(), action, target, json!(pause), after));
    bundle.effects.push(Effect::EndPause(pause.target.clone()));
}
