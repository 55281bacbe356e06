//! Whether the client of a call is still there.

use crate::{
    answers::Answers,
    domain::{CallId, Fingerprint},
};

/// Goes with a client that waits for its call; dropped without [`ClientGuard::ends`], it lets an
/// identical retry wait for the running call.
///
/// This happens where the client is given up, not where the call runs: the retry may come right
/// after it.
#[derive(Debug)]
pub(super) struct ClientGuard {
    answers: Answers,
    waits_for: Option<(Fingerprint, CallId)>,
}

impl ClientGuard {
    pub(super) fn new(answers: Answers, fingerprint: Fingerprint, call: CallId) -> Self {
        Self { answers, waits_for: Some((fingerprint, call)) }
    }

    /// Notes that the call ended while its client was there.
    pub(super) fn ends(mut self) {
        self.waits_for = None;
    }
}

impl Drop for ClientGuard {
    fn drop(&mut self) {
        if let Some((fingerprint, call)) = self.waits_for.take() {
            self.answers.abandon(&fingerprint, &call);
        }
    }
}
