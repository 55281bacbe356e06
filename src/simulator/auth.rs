//! Who is let in.

use http::HeaderMap;
use parking_lot::{Mutex, MutexGuard};
use std::collections::HashSet;

/// The keys that are accepted now.
pub struct AcceptedKeys(Mutex<HashSet<String>>);

impl std::fmt::Debug for AcceptedKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.lock().len())
    }
}

impl AcceptedKeys {
    pub(super) fn new(keys: Vec<String>) -> Self {
        Self(Mutex::new(keys.into_iter().collect()))
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock()
    }

    /// Accepts a key from now on.
    pub(super) fn accept(&self, key: &str) {
        self.lock().insert(key.to_owned());
    }

    /// Refuses a key from now on.
    pub(super) fn refuse(&self, key: &str) {
        self.lock().remove(key);
    }

    /// Returns whether a request carries exactly one key, and an accepted one.
    pub(super) fn admit(&self, headers: &HeaderMap) -> bool {
        let mut keys = headers.get_all("api-key").iter();
        let first = keys.next().and_then(|key| key.to_str().ok());
        keys.next().is_none() && first.is_some_and(|key| self.lock().contains(key))
    }
}
