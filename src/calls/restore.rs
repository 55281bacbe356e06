//! Answers and idempotency keys that an earlier life of the process left.

use super::{Calls, RecoverError, recover::LeftBehind};
use crate::{
    answers::KeptFor,
    domain::{CallId, ClaimState, Effect, Outcome},
    store::UnsettledCall,
};
use std::collections::HashSet;

impl Calls {
    /// Takes up what was kept: keys stay taken, and answers that nobody received wait for their
    /// clients. Whatever should be kept and is not there counts as unknown, so that it is not paid for
    /// again. Files that belong to nothing are deleted.
    pub(super) async fn restore_answers(&self, left: &LeftBehind) -> Result<(), RecoverError> {
        let services = self.services();
        let mut wanted = HashSet::new();
        for kept in &left.claims {
            services.claims.restore(&kept.claim, kept.state);
            if kept.state == ClaimState::Answered {
                wanted.insert(kept.claim.call.clone());
            }
        }
        let mut lost = 0_usize;
        for call in &left.unsettled {
            match self.restore_unsettled(call).await {
                Undelivered::Kept(call) => drop(wanted.insert(call)),
                Undelivered::Lost => lost += 1,
                Undelivered::OutOfReach => {}
            }
        }
        tell_lost(lost);
        services.journal.note(vec![Effect::ExpireClaims(services.clock.now())]);
        let files = services.sealed.clone();
        let tidied = services.tasks.run_blocking(move || files.retain(&wanted)).await;
        tidied.map_err(RecoverError::CutOff)?.map(drop).map_err(RecoverError::Answers)
    }

    /// Lets an identical retry find the call again, and says what became of its answer.
    async fn restore_unsettled(&self, left: &UnsettledCall) -> Undelivered {
        let services = self.services();
        let (fingerprint, call, since) = (left.fingerprint, left.call.clone(), left.closed_at);
        let token = &left.token;
        if left.outcome == Outcome::Unknown {
            services.answers.remember_unknown(fingerprint, call, token, since);
            return Undelivered::OutOfReach;
        }
        if !self.recovers(&left.environment) {
            return Undelivered::OutOfReach;
        }
        match self.fetch(&call, KeptFor::Nobody, None).await {
            Ok(answer) => {
                services.answers.remember_kept(fingerprint, answer, token, since);
                Undelivered::Kept(call)
            }
            Err(error) => {
                tracing::debug!(call.id = %call, %error, "an undelivered answer cannot be given again");
                services.answers.remember_unknown(fingerprint, call, token, since);
                Undelivered::Lost
            }
        }
    }
}

/// What became of the answer of a paid call that may have reached nobody.
enum Undelivered {
    /// It is kept for an identical retry.
    Kept(CallId),
    /// It should be there, and cannot be given again.
    Lost,
    /// Nobody keeps it: its outcome is unknown, or its environment does not recover answers.
    OutOfReach,
}

/// Tells of all lost answers in one line; each of them is told at debug.
fn tell_lost(lost: usize) {
    if lost > 0 {
        tracing::warn!(
            lost,
            "answers of paid calls may have reached nobody and cannot be given again; identical retries \
             are told that the outcome is unknown. Each is told at log level debug, and \
             `ideogate audit search` finds the calls"
        );
    }
}
