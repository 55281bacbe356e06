//! What is kept of answers beyond the process: for idempotency keys, and for clients that left.

use super::{
    Calls,
    conclusion::{ClientReply, Conclusion},
    deliveries::take,
    sending::Sending,
};
use crate::{
    answers::{KeptAnswer, KeptFor, SealedError},
    domain::{CallId, ClaimState, Effect, Fingerprint, Outcome},
    upstream::UpstreamAnswer,
};
use http::StatusCode;

/// What becomes of an idempotency key when its call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClaimEnd {
    /// It stays taken.
    Stays(ClaimState),
    /// It is free: nothing was billed.
    Free,
}

impl Sending {
    /// Keeps the answer of a claimed call, if it is to be repeated. Comes before the outcome's commit:
    /// what is recorded as answered can be answered again.
    pub(super) async fn keep_for_key(&self, ending: &Conclusion) -> Option<ClaimEnd> {
        self.claim.as_ref()?;
        let end = match &ending.reply {
            _ if ending.outcome == Outcome::Unknown => ClaimEnd::Stays(ClaimState::Unknown),
            ClientReply::PassOn(answer) if is_replayable(answer.status) => {
                self.keep_answer(answer).await
            }
            _ => ClaimEnd::Free,
        };
        Some(end)
    }

    async fn keep_answer(&self, answer: &UpstreamAnswer) -> ClaimEnd {
        let Err(error) = self.calls.seal(self.kept(answer), KeptFor::Key).await else {
            return ClaimEnd::Stays(ClaimState::Answered);
        };
        tracing::error!(call.id = %self.ready.call, %error, "an answer could not be kept for its key");
        // What was paid for must not be paid for again, even if it cannot be given again.
        if answer.status.is_success() {
            ClaimEnd::Stays(ClaimState::Unknown)
        } else {
            ClaimEnd::Free
        }
    }

    /// Returns what is kept of an answer.
    pub(super) fn kept(&self, answer: &UpstreamAnswer) -> KeptAnswer {
        KeptAnswer {
            call: self.ready.call.clone(),
            status: answer.status,
            headers: answer.headers.clone(),
            body: answer.body.clone(),
            echoed_key: answer.echoed_key,
            upstream: self.at_ideogram,
        }
    }

    /// Lets the key's waiters go on, after the outcome is durable.
    pub(super) fn end_claim(&mut self, end: Option<ClaimEnd>) {
        match (self.claim.take(), end) {
            (Some(claim), Some(ClaimEnd::Stays(state))) => claim.end(state),
            (Some(claim), Some(ClaimEnd::Free)) => claim.free(),
            // A claim whose end nobody named stays unknown.
            (claim, _) => drop(claim),
        }
    }
}

impl ClaimEnd {
    /// Returns what is committed with the call's outcome.
    pub(super) fn effect(self, call: CallId) -> Effect {
        match self {
            Self::Stays(state) => Effect::EndClaim(call, state),
            Self::Free => Effect::FreeClaim(call),
        }
    }
}

/// Success, and Ideogram's verdict on the request itself, which would not change.
fn is_replayable(status: StatusCode) -> bool {
    status.is_success() || matches!(status.as_u16(), 400 | 422)
}

impl Calls {
    /// Puts answers on disk as soon as their clients are found gone; never ends.
    pub async fn keep_what_is_left(&self) {
        loop {
            self.0.deliveries.woken.notified().await;
            for (fingerprint, call) in take(&self.0.deliveries.left) {
                self.keep_left(&fingerprint, &call).await;
            }
        }
    }

    async fn keep_left(&self, fingerprint: &Fingerprint, call: &CallId) {
        let services = self.services();
        let Some(answer) = services.answers.undelivered_of(fingerprint, call) else { return };
        tracing::info!(call.id = %call, "answer kept: its client went away before the last byte");
        if let Err(error) = self.seal(answer, KeptFor::Nobody).await {
            tracing::warn!(call.id = %call, %error, "the answer is kept in memory only");
        }
        if services.answers.undelivered_of(fingerprint, call).is_none() {
            // It was received while it was written.
            self.0.deliveries.spent(call.clone());
        }
    }

    /// Puts everything on disk that nobody has received, and notes what was; before the process ends.
    pub async fn keep_all(&self) {
        for answer in self.services().answers.undelivered() {
            let call = answer.call.clone();
            if let Err(error) = self.seal(answer, KeptFor::Nobody).await {
                tracing::warn!(call.id = %call, %error, "an answer that nobody received is lost");
            }
        }
        self.note_deliveries();
    }

    /// Notes which answers were received.
    pub(super) fn note_deliveries(&self) {
        let received = take(&self.0.deliveries.received);
        if !received.is_empty() {
            let effects = received.into_iter().map(Effect::Delivered).collect();
            self.services().journal.note(effects);
        }
    }

    /// Deletes the files of answers that were received or are too old, and frees old keys.
    pub(super) fn forget_the_old(&self) {
        let services = self.services();
        let mut calls = take(&self.0.deliveries.spent);
        calls.extend(services.answers.sweep());
        let freed = services.claims.sweep();
        if !freed.is_empty() {
            services.journal.note(vec![Effect::ExpireClaims(services.clock.now())]);
        }
        calls.extend(freed);
        if !calls.is_empty() {
            let files = services.sealed.clone();
            drop(
                services
                    .tasks
                    .run_blocking(move || calls.iter().for_each(|call| files.remove(call))),
            );
        }
    }

    async fn seal(&self, answer: KeptAnswer, why: KeptFor) -> Result<(), SealedError> {
        let files = self.services().sealed.clone();
        let written = self.services().tasks.run_blocking(move || files.write(&answer, why)).await;
        written.map_err(|error| SealedError::Io(std::io::Error::other(error)))?
    }
}
