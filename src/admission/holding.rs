//! Keeping places for calls that ended and may still be in flight at Ideogram.

use super::{
    account_gate::{AccountGate, Grant},
    lane::Ticket,
    options::AdmitRequest,
};
use crate::domain::CallId;
use tokio::time::Instant;

impl<W> AccountGate<W> {
    /// Keeps an admitted call's places until [`AccountGate::release_held`]. A call is held once: places
    /// that were held under its name before are given back. Its turn stays paid, and its
    /// environment and token go on holding them.
    pub(super) fn hold(&mut self, call: CallId, ticket: Ticket, now: Instant) -> Vec<Grant<W>> {
        match self.held.put(call, ticket) {
            Some(before) => self.release(&before, now),
            None => Vec::new(),
        }
    }

    /// Takes and holds the places of a call that was sent before a restart, past the cap if need
    /// be. Past the cap nobody is admitted until what is in use fits again.
    pub(super) fn restore(
        &mut self,
        seat: &AdmitRequest,
        call: CallId,
        now: Instant,
    ) -> Vec<Grant<W>> {
        let ticket = self.ticket(seat, now);
        self.take(&ticket);
        let mut grants = self.hold(call, ticket, now);
        // Its token may hold so much now that its calls are not waited for any more.
        grants.extend(self.dispatch(now));
        grants
    }

    /// Gives back a held call's places; `None` if it is not held here. They go on at once to
    /// whoever waits.
    pub(super) fn release_held(&mut self, call: &CallId, now: Instant) -> Option<Vec<Grant<W>>> {
        let ticket = self.held.remove(call)?;
        Some(self.release(&ticket, now))
    }
}
