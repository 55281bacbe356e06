//! Answers and idempotency keys that an earlier life of the process left.

use super::{Calls, FetchError, RecoverError, recover::LeftBehind};
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
        let services = &self.0.services;
        let mut wanted = HashSet::new();
        for kept in &left.claims {
            services.claims.restore(&kept.claim, kept.state);
            if kept.state == ClaimState::Answered {
                wanted.insert(kept.claim.call.clone());
            }
        }
        for call in &left.unsettled {
            wanted.extend(self.restore_unsettled(call).await);
        }
        services.journal.note(vec![Effect::ExpireClaims(services.clock.now())]);
        let files = services.sealed.clone();
        let tidied = services.tasks.block(move || files.retain(&wanted)).await;
        tidied.map_err(RecoverError::CutOff)?.map(drop).map_err(RecoverError::Answers)
    }

    /// Returns the call if its answer is kept.
    async fn restore_unsettled(&self, left: &UnsettledCall) -> Option<CallId> {
        let services = &self.0.services;
        let (fingerprint, call, since) = (left.fingerprint, left.call.clone(), left.closed_at);
        let token = &left.token;
        if left.outcome == Outcome::Unknown {
            services.answers.remember_unknown(fingerprint, call, token, since);
            return None;
        }
        if !services.recovering.contains(&left.environment) {
            return None;
        }
        match self.fetch(&call, KeptFor::Nobody, None).await {
            Ok(answer) => {
                services.answers.remember_kept(fingerprint, answer, token, since);
                Some(call)
            }
            Err(error) => {
                tell_lost(&call, &error);
                services.answers.remember_unknown(fingerprint, call, token, since);
                None
            }
        }
    }
}

fn tell_lost(call: &CallId, error: &FetchError) {
    tracing::warn!(
        call.id = %call,
        %error,
        "the answer of a paid call may have reached nobody and cannot be given again; an identical \
         retry is told that its outcome is unknown"
    );
}
