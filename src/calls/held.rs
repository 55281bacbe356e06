//! Until when the places of unknown calls and pending generations stay taken.

use crate::{
    admission::Admission,
    domain::{CallId, Clock, Timestamp},
};
use parking_lot::{Mutex, MutexGuard};
use std::{collections::HashMap, sync::Arc};

/// The calls whose places are held, each with the time at which they are freed without further proof.
#[derive(Debug)]
pub(super) struct HeldPlaces {
    admission: Admission,
    clock: Arc<dyn Clock>,
    until: Mutex<HashMap<CallId, Timestamp>>,
}

impl HeldPlaces {
    pub(super) fn new(admission: Admission, clock: Arc<dyn Clock>) -> Self {
        Self { admission, clock, until: Mutex::default() }
    }

    /// Notes that the places of `call` are held until `until` at the latest.
    pub(super) fn note(&self, call: CallId, until: Timestamp) {
        self.lock().insert(call, until);
    }

    /// Frees the places of `call`; says whether they were held.
    pub(super) fn free(&self, call: &CallId) -> bool {
        let noted = self.lock().remove(call).is_some();
        self.admission.release(call) || noted
    }

    /// Frees all places whose time is up.
    pub(super) fn free_expired(&self) {
        let now = self.clock.now();
        let expired: Vec<_> = self
            .lock()
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(c, _)| c.clone())
            .collect();
        for call in expired {
            tracing::info!(call.id = %call, "places freed: their time is up");
            self.free(&call);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CallId, Timestamp>> {
        self.until.lock()
    }
}
