//! Generations that Ideogram works on after its answer, and who may see one.

use crate::{
    domain::{Generation, GenerationId, Token},
    ledger::Reserved,
};
use parking_lot::{Mutex, MutexGuard};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, futures::Notified};

/// Whether a token may poll a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerationAccess {
    /// The token made it itself.
    Own,
    /// Another token of its environment and owner made it.
    Owners,
    /// It does not exist, or is another's: told alike.
    Unknown,
}

impl GenerationAccess {
    /// Returns what `token` may know of `generation`.
    pub(super) fn new(generation: Option<&Generation>, token: &Token) -> Self {
        match generation {
            Some(generation) if generation.environment != token.environment => Self::Unknown,
            Some(generation) if generation.token == token.id => Self::Own,
            Some(generation) if is_owners(generation, token) => Self::Owners,
            _ => Self::Unknown,
        }
    }
}

fn is_owners(generation: &Generation, token: &Token) -> bool {
    generation.owner.is_some() && generation.owner == token.owner
}

type Pending = HashMap<GenerationId, PendingGeneration>;

/// Deliveries that may wait for their generations at once.
const MOST_WAITING: usize = 256;

/// A pending generation and its money.
#[derive(Debug)]
struct PendingGeneration {
    generation: Generation,
    money: Option<Reserved>,
    /// Whether somebody is about to end it, so that nobody else must.
    is_ending: bool,
}

/// The pending generations, and who waits for them.
#[derive(Debug)]
pub(super) struct PendingGenerations {
    pending: Mutex<Pending>,
    changed: Notify,
    seats: Arc<Semaphore>,
}

impl Default for PendingGenerations {
    fn default() -> Self {
        Self {
            pending: Mutex::default(),
            changed: Notify::new(),
            seats: Arc::new(Semaphore::new(MOST_WAITING)),
        }
    }
}

impl PendingGenerations {
    /// Notes that a generation is pending.
    pub(super) fn submit(&self, generation: Generation, money: Option<Reserved>) {
        let entry = PendingGeneration { generation, money, is_ending: false };
        self.lock().insert(entry.generation.id.clone(), entry);
        self.tell();
    }

    /// Returns a pending generation and forgets it; the first to see it end takes it.
    pub(super) fn take(&self, id: &GenerationId) -> Option<(Generation, Option<Reserved>)> {
        let mut pending = self.lock();
        if pending.get(id)?.is_ending {
            return None;
        }
        pending.remove(id).map(|entry| (entry.generation, entry.money))
    }

    /// Returns a pending generation that nobody else ends until it is [given back](Self::give_back)
    /// or [forgotten](Self::forget).
    pub(super) fn begin_end(&self, id: &GenerationId) -> Option<(Generation, Option<Reserved>)> {
        let mut pending = self.lock();
        let entry = pending.get_mut(id).filter(|entry| !entry.is_ending)?;
        entry.is_ending = true;
        Some((entry.generation.clone(), entry.money.clone()))
    }

    /// Lets others end a generation again.
    pub(super) fn give_back(&self, id: &GenerationId) {
        if let Some(entry) = self.lock().get_mut(id) {
            entry.is_ending = false;
        }
        self.tell();
    }

    /// Forgets a generation that ended.
    pub(super) fn forget(&self, id: &GenerationId) {
        self.lock().remove(id);
        self.tell();
    }

    /// Wakes all who wait for a generation.
    pub(super) fn tell(&self) {
        self.changed.notify_waiters();
    }

    /// Returns what is done when any generation comes or goes.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Returns a seat to wait in, if one is free.
    pub(super) fn seat(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.seats).try_acquire_owned().ok()
    }

    /// Says whether nobody has seen the generation end.
    pub(super) fn is_pending(&self, id: &GenerationId) -> bool {
        self.lock().contains_key(id)
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock()
    }
}
