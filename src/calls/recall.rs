//! Whether an identical request was sent before, without anybody getting its answer.

use super::{Calls, PriorCall, ReplayKind, delivery_guard::Delivering};
use crate::{
    answers::{KeptAnswer, RegistryMatch},
    domain::{Client, Fingerprint, TokenId},
};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long whoever reads a connection gets to read what its client said, before the next look.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(1);

impl Calls {
    /// Looks for an identical call whose answer nobody received, and waits for a running one until
    /// `deadline`. The answer is for `client`.
    pub async fn recall(
        &self,
        fingerprint: &Fingerprint,
        client: &Client,
        deadline: Instant,
    ) -> PriorCall {
        loop {
            let (mut changed, call, until) =
                match self.services().answers.recall(fingerprint, client) {
                    RegistryMatch::Nothing => return PriorCall::None(None),
                    RegistryMatch::Answer(answer) => {
                        return PriorCall::Answered(answer, ReplayKind::Recovered);
                    }
                    RegistryMatch::Unknown(call) => return PriorCall::Unknown(call),
                    RegistryMatch::Running(changed, call) => (changed, call, deadline),
                    RegistryMatch::Unclear(changed, call) => {
                        (changed, call, deadline.min(Instant::now() + LOOK_AGAIN))
                    }
                };
            if timeout_at(until, changed.changed()).await.is_err() && until == deadline {
                return PriorCall::Running(call);
            }
        }
    }

    /// Says whether the answer of an identical call is owed to whoever asks next.
    pub fn owes(&self, fingerprint: &Fingerprint) -> bool {
        self.services().answers.owes(fingerprint)
    }

    /// Says whether a request of `token` may be a retry of a call that was paid for, or may have been,
    /// and whose answer it did not get.
    pub fn may_owe(&self, token: &TokenId) -> bool {
        self.services().answers.may_owe(token)
    }

    /// Returns a receipt for a recalled answer, so that it is kept again if this caller leaves too.
    pub fn receipt(&self, fingerprint: Fingerprint, answer: &KeptAnswer) -> super::DeliveryGuard {
        super::DeliveryGuard::new(self.clone(), fingerprint, answer.call.clone(), Delivering::Again)
    }
}
