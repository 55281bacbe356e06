//! The right to send a call once.

use crate::domain::{CallId, Route};

/// The right to send one call to Ideogram once: proof that its intent is durable, or that nothing can be
/// billed for it.
///
/// [`Journal::commit_intent`](super::Journal::commit_intent) makes one for calls that may be billed. It cannot be copied;
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

    /// Returns the right to read once: nothing is billed on such a route, so that no record comes before. There
    /// is none for a route that is billed.
    pub fn for_reading(route: &Route, call: &CallId) -> Option<Self> {
        (!route.is_billable()).then(|| Self::new(call.clone()))
    }

    /// Returns a warrant without a record behind it.
    #[cfg(test)]
    pub fn for_test(call: CallId) -> Self {
        Self::new(call)
    }

    /// Returns the call it allows to send. Its record is in the chain under the same id, or will be.
    pub fn call(&self) -> &CallId {
        &self.call
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{LoadOptions, Settings};

    #[test]
    fn no_read_makes_a_warrant_for_a_route_that_bills() {
        let options =
            LoadOptions { file: None, variables: Vec::new(), working_dir: std::env::temp_dir() };
        let settings = Settings::load(options).unwrap().settings;
        let (mut free, mut billed) = (0, 0);
        for route in settings.routes.routes() {
            let warrant = SendWarrant::for_reading(route, &CallId::random());
            assert_eq!(warrant.is_none(), route.is_billable(), "{}", route.name);
            if route.is_billable() { billed += 1 } else { free += 1 }
        }
        assert!(free > 3 && billed > 10, "{free} {billed}");
    }
}
