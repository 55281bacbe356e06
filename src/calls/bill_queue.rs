//! The calls whose bill is asked for.

use crate::{domain::GenerationId, store::BookedCall};
use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use tokio::sync::Semaphore;

/// How many are asked for at once, so that an account's limit on polls is left to its clients.
const LANES: usize = 4;

/// How many may wait to be asked for; the others wait for the next start.
const MOST_WAITING: usize = 4096;

/// The calls whose bill is asked for.
#[derive(Debug)]
pub(super) struct BillQueue {
    booked: Mutex<HashMap<GenerationId, BookedCall>>,
    pub(super) lanes: Semaphore,
}

impl Default for BillQueue {
    fn default() -> Self {
        Self { booked: Mutex::default(), lanes: Semaphore::new(LANES) }
    }
}

impl BillQueue {
    pub(super) fn put(&self, booked: BookedCall) -> bool {
        let mut all = self.lock();
        all.len() < MOST_WAITING && all.insert(booked.generation.id.clone(), booked).is_none()
    }

    pub(super) fn take(&self, id: &GenerationId) -> Option<BookedCall> {
        self.lock().remove(id)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<GenerationId, BookedCall>> {
        self.booked.lock()
    }
}
