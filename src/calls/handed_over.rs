//! Whether a call belongs to the gateway already.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Set once a call's own task tells its end, whoever goes away; clones are about the same call.
#[derive(Debug, Clone, Default)]
pub struct HandedOver(Arc<AtomicBool>);

impl HandedOver {
    /// Notes that the call was handed over.
    pub(super) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Says whether it was.
    pub fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
