//! Whether an answer was received.

use crate::{
    answers::{Answers, KeptAnswer},
    domain::Fingerprint,
};

/// Goes with an answer to the client; dropped without [`Receipt::delivered`], it keeps the answer for
/// an identical retry.
#[derive(Debug)]
pub struct Receipt {
    answers: Answers,
    fingerprint: Fingerprint,
    answer: Option<KeptAnswer>,
}

impl Receipt {
    /// Returns a receipt for an answer that was paid for.
    pub(super) fn new(answers: Answers, fingerprint: Fingerprint, answer: KeptAnswer) -> Self {
        Self { answers, fingerprint, answer: Some(answer) }
    }

    /// Notes that the last byte was handed to the client.
    pub fn delivered(mut self) {
        if let Some(answer) = self.answer.take() {
            self.answers.forget(&self.fingerprint, &answer.call);
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if let Some(answer) = self.answer.take() {
            tracing::info!(call.id = %answer.call, "answer kept: the client went away before its last byte");
            self.answers.keep(&self.fingerprint, answer);
        }
    }
}
