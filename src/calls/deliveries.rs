//! What deliveries leave to be done.

use crate::domain::{CallId, Fingerprint};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// What deliveries leave to be done a moment later, so that none of it happens on a call's way.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    /// Calls whose answers were received.
    pub(super) received: Mutex<Vec<CallId>>,
    /// Calls whose answers were received from a file.
    pub(super) spent: Mutex<Vec<CallId>>,
    /// Calls whose clients left before the last byte.
    pub(super) left: Mutex<Vec<(Fingerprint, CallId)>>,
    pub(super) woken: Notify,
}

impl Deliveries {
    pub(super) fn received(&self, call: CallId) {
        push(&self.received, call);
    }

    pub(super) fn spent(&self, call: CallId) {
        push(&self.spent, call);
    }

    pub(super) fn left(&self, fingerprint: Fingerprint, call: CallId) {
        push(&self.left, (fingerprint, call));
        self.woken.notify_one();
    }
}

fn push<T>(list: &Mutex<Vec<T>>, item: T) {
    list.lock().push(item);
}

/// Empties a list and returns what was in it.
pub(super) fn take<T>(list: &Mutex<Vec<T>>) -> Vec<T> {
    std::mem::take(&mut *list.lock())
}
