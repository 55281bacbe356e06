//! Whether an answer was received.

use super::Calls;
use crate::domain::{CallId, Fingerprint};

/// Goes with an answer to the client; dropped without [`DeliveryGuard::delivered`], it leaves the answer to
/// an identical retry.
#[derive(Debug)]
pub struct DeliveryGuard {
    calls: Calls,
    fingerprint: Fingerprint,
    call: Option<CallId>,
    attempt: Delivering,
}

/// Which try to deliver it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivering {
    /// The first, to the client that asked.
    First,
    /// A later one, to an identical retry; the answer may be in a file.
    Again,
}

impl DeliveryGuard {
    /// Returns a receipt for an answer that was paid for and is on its way.
    pub(super) fn new(
        calls: Calls,
        fingerprint: Fingerprint,
        call: CallId,
        attempt: Delivering,
    ) -> Self {
        Self { calls, fingerprint, call: Some(call), attempt }
    }

    /// Notes that the last byte was handed to the client.
    pub fn delivered(mut self) {
        let Some(call) = self.call.take() else { return };
        let inner = &self.calls.0;
        inner.services.answers.forget(&self.fingerprint, &call);
        if self.attempt == Delivering::Again {
            inner.deliveries.spent(call.clone());
        }
        inner.deliveries.received(call);
    }
}

impl Drop for DeliveryGuard {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.calls.services().answers.abandon(&self.fingerprint, &call);
            self.calls.0.deliveries.left(self.fingerprint, call);
        }
    }
}
