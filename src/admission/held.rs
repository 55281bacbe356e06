//! Places that stay taken after their call ended: it is unknown, or a generation is pending.

use super::{
    gate::{Gate, Grant},
    lane::Ticket,
    options::Seat,
};
use crate::domain::CallId;
use std::collections::HashMap;
use tokio::time::Instant;

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

    pub(super) fn contains(&self, call: &CallId) -> bool {
        self.calls.contains_key(call)
    }

    fn put(&mut self, call: CallId, ticket: Ticket) -> Option<Ticket> {
        self.places += ticket.places;
        let before = self.calls.insert(call, ticket)?;
        self.places -= before.places;
        Some(before)
    }

    fn remove(&mut self, call: &CallId) -> Option<Ticket> {
        let ticket = self.calls.remove(call)?;
        self.places -= ticket.places;
        Some(ticket)
    }
}

impl<W> Gate<W> {
    /// Keeps an admitted call's places until [`Gate::release_held`]. A call is held once: places
    /// that were held under its name before are given back.
    pub(super) fn hold(&mut self, call: CallId, ticket: Ticket, now: Instant) -> Vec<Grant<W>> {
        match self.held.put(call, ticket) {
            Some(before) => self.release(&before, now),
            None => Vec::new(),
        }
    }

    /// Takes and holds the places of a call that was sent before a restart, past the cap if need be.
    pub(super) fn restore(&mut self, seat: &Seat, call: CallId, now: Instant) -> Vec<Grant<W>> {
        let ticket = self.ticket(seat, now);
        self.take(&ticket);
        let mut grants = self.hold(call, ticket, now);
        // Its token may hold so much now that its calls are not waited for any more.
        grants.extend(self.dispatch(now));
        grants
    }

    /// Gives back a held call's places; `None` if it is not held here.
    pub(super) fn release_held(&mut self, call: &CallId, now: Instant) -> Option<Vec<Grant<W>>> {
        let ticket = self.held.remove(call)?;
        Some(self.release(&ticket, now))
    }
}
