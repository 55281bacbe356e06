//! Generations that Ideogram works on after its answer, and who may see one.

use crate::{
    domain::{Generation, GenerationId, RouteName, Token},
    ledger::Reserved,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Whether a token may poll a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerationAccess {
    /// It belongs to the token's environment and owner.
    Granted,
    /// It does not exist, or is another's: told alike.
    Unknown,
}

impl GenerationAccess {
    /// Returns what `token` may know of `generation`.
    pub(super) fn of(generation: Option<&Generation>, token: &Token) -> Self {
        match generation {
            Some(generation) if belongs(generation, token) => Self::Granted,
            _ => Self::Unknown,
        }
    }
}

fn belongs(generation: &Generation, token: &Token) -> bool {
    let same_owner = generation.owner.is_some() && generation.owner == token.owner;
    generation.environment == token.environment && (same_owner || generation.token == token.id)
}

type Pending = HashMap<GenerationId, (Generation, Option<Reserved>)>;

/// The pending generations, and the routes whose quotes are closed.
#[derive(Debug, Default)]
pub(super) struct Generations {
    pending: Mutex<Pending>,
    closed_quotes: Mutex<HashSet<RouteName>>,
}

impl Generations {
    /// Notes that a generation is pending.
    pub(super) fn submit(&self, generation: Generation, money: Option<Reserved>) {
        self.lock().insert(generation.id.clone(), (generation, money));
    }

    /// Returns a pending generation and forgets it; the first to see it end takes it.
    pub(super) fn take(&self, id: &GenerationId) -> Option<(Generation, Option<Reserved>)> {
        self.lock().remove(id)
    }

    /// Says whether nobody has seen the generation end.
    pub(super) fn is_pending(&self, id: &GenerationId) -> bool {
        self.lock().contains_key(id)
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl super::Calls {
    /// Closes quotes for a route whose dry run answered without a quote.
    pub(super) fn close_quotes(&self, route: &RouteName) {
        let closed = self.0.generations.closed_quotes.lock();
        closed.unwrap_or_else(PoisonError::into_inner).insert(route.clone());
    }

    /// Says whether quotes may be asked for on a route.
    pub fn quotes_are_open(&self, route: &RouteName) -> bool {
        let closed = self.0.generations.closed_quotes.lock();
        !closed.unwrap_or_else(PoisonError::into_inner).contains(route)
    }
}
