//! The gate's inner moves: seats, places, and letting in whoever may go.

use super::{
    account_gate::{AccountGate, Grant},
    capacity::Capacity,
    choice::{CandidateSearch, Choice},
    environment::Environment,
    lane::{Ticket, Waiter},
    options::{AdmitRequest, LaneOptions},
    turns::price,
};
use crate::domain::EnvironmentName;
use std::time::Duration;
use tokio::time::Instant;

impl<W> AccountGate<W> {
    /// Hands what is free to the calls that wait, in turn.
    pub(super) fn dispatch(&mut self, now: Instant) -> Vec<Grant<W>> {
        let grants: Vec<_> = std::iter::from_fn(|| self.next(now)).collect();
        self.counters.handed_over += grants.len() as u64;
        grants
    }

    fn next(&mut self, now: Instant) -> Option<Grant<W>> {
        if self.queued == 0 || self.free_places() == 0 {
            return None;
        }
        // Anew for each call that is let in: it changes what is free, whose turn it is and who was
        // passed.
        let room = self.room(now);
        let search = CandidateSearch::new(
            self.effective_cap.configured(),
            &room,
            &self.environments,
            &self.turns,
        );
        let choice = search.run(&self.overtaken)?;
        self.note_overtaking(&choice, &room);
        self.admit(&choice, now)
    }

    /// Charges the places that go ahead to each call they go ahead of.
    fn note_overtaking(&mut self, choice: &Choice, room: &Capacity) {
        let mut overtakes = false;
        for ticket in &choice.overtaken {
            let cost = room.cost(&choice.ticket, ticket.environment);
            let Some(waiter) = self.environments[ticket.environment].find(ticket) else { continue };
            if cost > 0 && waiter.overtaken == 0 {
                self.overtaken.push(*ticket);
            }
            waiter.overtaken += cost;
            overtakes |= cost > 0;
        }
        self.counters.overtakes += u64::from(overtakes);
    }

    fn admit(&mut self, choice: &Choice, now: Instant) -> Option<Grant<W>> {
        let mut ticket = choice.ticket;
        let environment = &mut self.environments[ticket.environment];
        let waiter = environment.admit(&ticket, &choice.skipped.lanes)?;
        environment.note_call(now);
        // Before it leaves, as in `Environment::admit`.
        ticket.charged = price(ticket.places, environment.weight);
        self.turns.charge(ticket.environment, ticket.charged);
        choice.skipped.environments.iter().for_each(|skipped| self.turns.lift(*skipped));
        self.note_left(&waiter);
        self.in_use += ticket.places;
        self.counters.admitted += 1;
        ticket.waited += now.saturating_duration_since(ticket.since);
        ticket.since = now;
        Some(Grant { ticket, reply: waiter.reply })
    }

    /// Lets a call wait at its place, and in if it may go; one without places may always.
    pub(super) fn seat(&mut self, ticket: Ticket, reply: W, now: Instant) -> Vec<Grant<W>> {
        if ticket.places == 0 {
            self.take(&ticket);
            self.counters.admitted += 1;
            let mut grants = vec![Grant { ticket, reply }];
            // Its environment is active now: what is held back for it may have changed turns.
            grants.extend(self.dispatch(now));
            return grants;
        }
        if self.queued == 0 {
            self.drain_rate.restart(now);
        }
        self.queued += 1;
        self.queued_places = self.queued_places.saturating_add(ticket.places);
        self.environments[ticket.environment].seat(Waiter { ticket, overtaken: 0, reply });
        self.turns.join(ticket.environment);
        let grants = self.dispatch(now);
        // The call itself did not wait.
        let at_once = grants.iter().filter(|grant| grant.ticket.number == ticket.number).count();
        self.counters.handed_over -= at_once as u64;
        grants
    }

    pub(super) fn remove(&mut self, ticket: &Ticket) -> Option<Waiter<W>> {
        let waiter = self.environments[ticket.environment].remove(ticket)?;
        self.note_left(&waiter);
        Some(waiter)
    }

    /// Keeps the gate's own books when a call left its environment's queue.
    fn note_left(&mut self, waiter: &Waiter<W>) {
        let ticket = &waiter.ticket;
        self.queued -= 1;
        self.queued_places = self.queued_places.saturating_sub(ticket.places);
        if waiter.overtaken > 0 {
            self.overtaken.retain(|other| other.number != ticket.number);
        }
        if self.environments[ticket.environment].queued == 0 {
            self.turns.leave(ticket.environment);
        }
    }

    pub(super) fn take(&mut self, ticket: &Ticket) {
        self.environments[ticket.environment].take(ticket);
        self.in_use += ticket.places;
    }

    pub(super) fn free(&mut self, ticket: &Ticket) {
        self.environments[ticket.environment].free(ticket);
        self.in_use -= ticket.places;
    }

    /// Gives back the turn of a call that came to nothing.
    pub(super) fn refund(&mut self, ticket: &Ticket) {
        self.environments[ticket.environment].refund(ticket);
        self.turns.refund(ticket.environment, ticket.charged);
    }

    pub(super) fn free_places(&self) -> u32 {
        self.effective_cap.limit().saturating_sub(self.in_use)
    }

    /// Returns an environment's position; one that the settings do not know gets no reserve.
    fn environment_of(&mut self, name: &EnvironmentName) -> usize {
        let known = self.environments.iter().position(|environment| environment.name == *name);
        known.unwrap_or_else(|| {
            let options = LaneOptions { name: name.clone(), weight: 1, reserved_places: 0 };
            // Never taken out again: tickets name their environment by its position.
            let mut unknown = Environment::new(options);
            unknown.is_set = false;
            self.environments.push(unknown);
            self.environments.len() - 1
        })
    }

    /// Makes a ticket for a call that comes now.
    pub(super) fn ticket(&mut self, seat: &AdmitRequest, now: Instant) -> Ticket {
        let environment = self.environment_of(&seat.environment);
        let lane = self.environments[environment].lane_of(&seat.token);
        let number = self.next_number;
        self.next_number += 1;
        Ticket {
            number,
            environment,
            lane,
            places: seat.places,
            charged: 0,
            deadline: seat.deadline,
            since: now,
            waited: Duration::ZERO,
        }
    }
}
