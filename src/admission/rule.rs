//! What a call runs into that may not go.

use super::{
    account_gate::AccountGate,
    capacity::{Capacity, Space},
    drain_rate::{FIRST_GUESS, shown},
    lane::Ticket,
    wait_rule::WaitRule,
};
use std::time::Duration;
use tokio::time::Instant;

impl<W> AccountGate<W> {
    /// Returns what keeps a call that waits from going. Its token's own limit comes first: that would
    /// hold even if all places were free. It is what keeps it out at this moment; another rule may
    /// later.
    pub(super) fn rule(&self, ticket: &Ticket, now: Instant) -> WaitRule {
        let environment = &self.environments[ticket.environment];
        let lane = environment.in_use_by(ticket.lane).saturating_add(ticket.places);
        if environment.share_of(ticket.lane).is_some_and(|share| lane > share) {
            return WaitRule::Token;
        }
        let room = self.room(now);
        let fits_but =
            ticket.places <= self.free_places() && !room.fits(ticket.environment, ticket.places);
        let never = ticket.places <= self.effective_cap.current()
            && ticket.places > room.reach(ticket.environment);
        if fits_but || never { WaitRule::Reserved } else { WaitRule::Account }
    }

    /// Returns what is free just now, and for whom.
    pub(super) fn room(&self, now: Instant) -> Capacity {
        let (cap, effective) = (self.effective_cap.configured(), self.effective_cap.current());
        let space = Space { cap, effective, free: self.free_places() };
        Capacity::new(space, &self.environments, now)
    }

    /// Returns when a call that is sent away for a rule should come back: when those that wait now for
    /// the same are let in.
    pub(super) fn come_back(&self, ticket: &Ticket, rule: WaitRule, now: Instant) -> Duration {
        let environment = &self.environments[ticket.environment];
        match (rule, environment.share_of(ticket.lane)) {
            (WaitRule::Token, Some(share)) => {
                let held = self.durations.typical(now).unwrap_or(FIRST_GUESS);
                let waiting = environment.waiting_in(ticket.lane);
                shown(held.as_secs_f64() * f64::from(waiting) / f64::from(share.max(1)))
            }
            _ => self.retry_after(),
        }
    }
}
