//! What an admitted call holds.

use super::{account::Account, error::AdmissionError, lane::Ticket, waiting::WaitingCall};
use crate::domain::{CallId, Places};
use std::{sync::Arc, time::Duration};

/// The places of an admitted call. Dropping it frees them and hands them over to whoever waits.
///
/// It cannot be copied, so places come back exactly once: by its drop, by [`hold`](Self::hold), or
/// by [`refused_upstream`](Self::refused_upstream). It holds no lock, and may be kept for as long
/// as a call takes.
#[must_use = "a permit that is dropped gives its places back"]
#[derive(Debug)]
pub struct Permit {
    account: Arc<Account>,
    /// Taken out when the places go elsewhere.
    ticket: Option<Ticket>,
    places: Places,
    waited: Duration,
}

impl Permit {
    pub(super) fn new(account: Arc<Account>, ticket: Ticket) -> Self {
        Self { account, places: ticket.places, waited: ticket.waited, ticket: Some(ticket) }
    }

    /// Returns how many places the call holds.
    pub fn places(&self) -> Places {
        self.places
    }

    /// Returns how long the call waited, all its turns together. Zero if it was let in at once.
    pub fn queued_for(&self) -> Duration {
        self.waited
    }

    /// Keeps the places taken under the call's name until
    /// [`Admission::release`](super::Admission::release): the call became unknown, or is pending.
    /// That is in memory: after a restart [`Admission::restore`](super::Admission::restore) takes
    /// them again.
    pub fn hold(mut self, call: CallId) {
        if let Some(ticket) = self.ticket.take() {
            self.account.hold(call, ticket);
        }
    }

    /// Gives the places back after an upstream 429 and shrinks the effective cap: someone else
    /// uses the account too. The call waits from now on at its old place, with its first deadline.
    /// The turn it took is refunded. It is let in again no sooner than the cap allows.
    pub fn refused_upstream(mut self) -> Requeue {
        let waiting = self.ticket.take().map(|ticket| self.account.requeue(ticket));
        Requeue(waiting.unwrap_or(Err(AdmissionError::Stopped)))
    }

    /// Takes the places out without freeing them.
    pub(super) fn into_ticket(mut self) -> Option<Ticket> {
        self.ticket.take()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.account.release(&ticket);
        }
    }
}

/// A call that waits again after an upstream 429. Dropping it frees its seat.
#[must_use = "a call that is not admitted again loses its seat"]
#[derive(Debug)]
pub struct Requeue(Result<WaitingCall, AdmissionError>);

impl Requeue {
    /// Waits for the call's turn, at most until its first deadline.
    pub async fn admit(self) -> Result<Permit, AdmissionError> {
        self.0?.turn().await
    }
}
