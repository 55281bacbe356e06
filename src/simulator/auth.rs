//! Who is let in.
//!
//! Keys can be accepted and refused while calls run, as when somebody revokes one at Ideogram.

use http::HeaderMap;
use parking_lot::{Mutex, MutexGuard};
use std::collections::HashSet;

/// The keys that are accepted now.
///
/// Its debug text tells only how many they are.
pub struct AcceptedKeys(Mutex<HashSet<String>>);

impl std::fmt::Debug for AcceptedKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.lock().len())
    }
}

impl AcceptedKeys {
    /// Returns the keys that are accepted from the start.
    pub(super) fn new(keys: Vec<String>) -> Self {
        Self(Mutex::new(keys.into_iter().collect()))
    }

    /// Lends the set; nothing waits while it is lent.
    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock()
    }

    /// Accepts a key from now on.
    pub(super) fn accept(&self, key: &str) {
        self.lock().insert(key.to_owned());
    }

    /// Refuses a key from now on.
    ///
    /// Calls that were let in with it go on.
    pub(super) fn reject(&self, key: &str) {
        self.lock().remove(key);
    }

    /// Returns whether a request carries exactly one key, and an accepted one.
    ///
    /// The header is `Api-Key`, in any case. Two of them are refused, even if both are good.
    pub(super) fn admit(&self, headers: &HeaderMap) -> bool {
        let mut keys = headers.get_all("api-key").iter();
        let first = keys.next().and_then(|key| key.to_str().ok());
        // A gateway that passes a client's token on beside the key would send two.
        keys.next().is_none() && first.is_some_and(|key| self.lock().contains(key))
    }
}
