//! Places that stay taken after their call ended: it is unknown, or a generation is pending.

use super::lane::Ticket;
use crate::domain::CallId;
use std::collections::HashMap;

/// Calls that are held, by name, each with what it took. It changes no place by itself: the gate
/// takes and frees them.
#[derive(Debug, Default)]
pub(super) struct Held {
    calls: HashMap<CallId, Ticket>,
    places: u32,
}

impl Held {
    /// Returns how many places are held.
    pub(super) fn places(&self) -> u32 {
        self.places
    }

    /// Says whether a call is held.
    pub(super) fn contains(&self, call: &CallId) -> bool {
        self.calls.contains_key(call)
    }

    /// Holds a call's places, and returns what was held under its name before.
    pub(super) fn put(&mut self, call: CallId, ticket: Ticket) -> Option<Ticket> {
        self.places += ticket.places;
        let before = self.calls.insert(call, ticket)?;
        self.places -= before.places;
        Some(before)
    }

    /// Ends the holding of a call, if it is held; its places are the caller's to free.
    pub(super) fn remove(&mut self, call: &CallId) -> Option<Ticket> {
        let ticket = self.calls.remove(call)?;
        self.places -= ticket.places;
        Some(ticket)
    }
}
