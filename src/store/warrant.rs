//! The right to send a call once.

use crate::domain::CallId;

/// The right to send one call to Ideogram once: proof that its intent is durable.
///
/// Only [`Journal::commit_intent`](super::Journal::commit_intent) makes one. It cannot be copied;
/// sending consumes it, and hands it back only when Ideogram refused without billing.
///
/// Dropping it unspent leaves the call open in the database: it is `unknown` from the next start
/// on, with its places held and its money reserved. It holds no database, no lock and no
/// connection.
#[derive(Debug)]
#[must_use = "an intent is on record; send the call, or record why it was not sent"]
pub struct SendWarrant {
    call: CallId,
}

impl SendWarrant {
    pub(super) fn new(call: CallId) -> Self {
        Self { call }
    }

    /// Returns a warrant without a record behind it.
    #[cfg(test)]
    pub fn for_test(call: CallId) -> Self {
        Self::new(call)
    }

    /// Returns the call it allows to send. Its intent is in the chain under the same id.
    pub fn call(&self) -> &CallId {
        &self.call
    }
}
