//! The pauses that are in force, and the turn to change them.

use crate::domain::Pause;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Semaphore, SemaphorePermit};

/// What is paused, the widest first.
#[derive(Debug)]
pub(super) struct PauseList {
    in_force: Mutex<Vec<Pause>>,
    /// One change at a time, so that what is in force is what the record says last.
    turn: Semaphore,
}

impl Default for PauseList {
    fn default() -> Self {
        Self { in_force: Mutex::default(), turn: Semaphore::new(1) }
    }
}

impl PauseList {
    /// Returns what is paused, alone.
    pub(super) fn in_force(&self) -> MutexGuard<'_, Vec<Pause>> {
        self.in_force.lock()
    }

    /// Waits for the turn to change it. Never `None`, for nobody closes the semaphore.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turn.acquire().await.ok()
    }
}
