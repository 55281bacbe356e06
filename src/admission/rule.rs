//! What a call runs into that may not go.

use super::{
    gate::Gate,
    lane::Ticket,
    pace::{FIRST_GUESS, shown},
    room::{Room, Space},
};
use std::{fmt, time::Duration};
use tokio::time::Instant;

/// The rule that keeps a call out of its places, or out of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitRule {
    /// The account's places are taken.
    Account,
    /// What is free is held back for other environments.
    Reserved,
    /// The token holds as many places as it may.
    Token,
    /// The queue holds as many calls as it may.
    Capacity,
}

impl WaitRule {
    /// Returns the rule as clients read it, like the setting that makes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account.max_in_flight",
            Self::Reserved => "environment.reserved_places",
            Self::Token => "token.max_places",
            Self::Capacity => "queue.capacity",
        }
    }
}

impl fmt::Display for WaitRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<W> Gate<W> {
    /// Returns what keeps a call that waits from going. Its token's own limit comes first: that would
    /// hold even if all places were free.
    pub(super) fn rule(&self, ticket: &Ticket, now: Instant) -> WaitRule {
        let environment = &self.environments[ticket.environment];
        let lane = environment.in_use_by(ticket.lane).saturating_add(ticket.places);
        if ticket.share.is_some_and(|share| lane > share) {
            return WaitRule::Token;
        }
        let room = self.room(now);
        let fits_but =
            ticket.places <= self.free_places() && !room.fits(ticket.environment, ticket.places);
        let never = ticket.places <= self.drift.effective()
            && ticket.places > room.reach(ticket.environment);
        if fits_but || never { WaitRule::Reserved } else { WaitRule::Account }
    }

    /// Returns what is free just now, and for whom.
    pub(super) fn room(&self, now: Instant) -> Room {
        let (cap, effective) = (self.drift.cap(), self.drift.effective());
        let space = Space { cap, effective, free: self.free_places() };
        Room::new(space, &self.environments, now)
    }

    /// Returns when a call that is sent away for a rule should come back: when those that wait now for
    /// the same are let in.
    pub(super) fn come_back(&self, ticket: &Ticket, rule: WaitRule, now: Instant) -> Duration {
        match (rule, ticket.share) {
            (WaitRule::Token, Some(share)) => {
                let held = self.durations.typical(now).unwrap_or(FIRST_GUESS);
                let waiting = self.environments[ticket.environment].waiting_in(ticket.lane);
                shown(held.as_secs_f64() * f64::from(waiting) / f64::from(share.max(1)))
            }
            _ => self.retry_after(),
        }
    }
}
