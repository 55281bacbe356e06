//! The gate of one account: a plain state machine that is told the time.

use super::{
    counters::AdmissionCounters,
    drain_rate::DrainRate,
    durations::Durations,
    effective_cap::EffectiveCap,
    environment::Environment,
    error::AdmissionError,
    held::Held,
    lane::Ticket,
    options::{AdmitRequest, GateOptions},
    paused::Paused,
    turns::Turns,
};
use crate::domain::{EnvironmentName, TokenId};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// A call that was admitted just now, and how to tell its caller. Its places are taken already;
/// whoever drops it must release them.
#[derive(Debug)]
pub(super) struct Grant<W> {
    pub(super) ticket: Ticket,
    pub(super) reply: W,
}

/// How a call was taken in, and who was let in by that.
pub(super) type Entered<W> = (Result<Ticket, AdmissionError>, Vec<Grant<W>>);

/// See the module's docs for its states and what always holds.
///
/// Whatever may let someone in returns the calls that it let in, so that none is forgotten.
#[derive(Debug)]
pub(super) struct AccountGate<W> {
    pub(super) effective_cap: EffectiveCap,
    pub(super) environments: Vec<Environment<W>>,
    pub(super) held: Held,
    pub(super) counters: AdmissionCounters,
    pub(super) closed: Closed,
    pub(super) in_use: u32,
    pub(super) queued: usize,
    pub(super) queued_places: u32,
    pub(super) next_number: u64,
    pub(super) drain_rate: DrainRate,
    pub(super) durations: Durations,
    pub(super) turns: Turns<usize>,
    /// Waiting calls that were overtaken, by when that began.
    pub(super) overtaken: Vec<Ticket>,
    pub(super) capacity: usize,
}

/// Why nobody is let in, if so.
#[derive(Debug, Clone, Default)]
pub(super) struct Closed {
    pub(super) draining: bool,
    pub(super) stopped: bool,
    /// What is paused of it; the narrowest comes last.
    pub(super) paused: Vec<Arc<Paused>>,
}

impl Closed {
    /// Returns what the callers of an environment are told while the gate is closed to them.
    pub(super) fn reason(&self, environment: &EnvironmentName) -> Option<AdmissionError> {
        match self {
            Self { draining: true, .. } => Some(AdmissionError::Draining),
            Self { stopped: true, .. } => Some(AdmissionError::Stopped),
            Self { .. } => self.pause(environment).map(AdmissionError::Paused),
        }
    }

    /// Returns the narrowest pause that keeps the callers of an environment out.
    pub(super) fn pause(&self, environment: &EnvironmentName) -> Option<Arc<Paused>> {
        let mut narrowest = self.paused.iter().rev();
        narrowest.find(|paused| paused.holds_up(environment)).cloned()
    }
}

impl<W> AccountGate<W> {
    pub(super) fn new(options: GateOptions, capacity: usize, now: Instant) -> Self {
        Self {
            effective_cap: EffectiveCap::new(options.cap, now),
            environments: options.environments.into_iter().map(Environment::new).collect(),
            held: Held::default(),
            counters: AdmissionCounters::default(),
            closed: Closed::default(),
            in_use: 0,
            queued: 0,
            capacity,
            queued_places: 0,
            next_number: 0,
            drain_rate: DrainRate::new(options.cap, now),
            durations: Durations::default(),
            turns: Turns::default(),
            overtaken: Vec::new(),
        }
    }

    /// Takes a call in: admits it at once, lets it wait, or refuses it. A refusal comes back at
    /// once and not by the reply.
    pub(super) fn enter(&mut self, seat: &AdmitRequest, reply: W, now: Instant) -> Entered<W> {
        if let Err(refusal) = self.check(seat) {
            return (Err(refusal), Vec::new());
        }
        let ticket = self.ticket(seat, now);
        // Before it is seated: its environment is active by this, and what is held back for that
        // counts in the search that follows.
        let environment = &mut self.environments[ticket.environment];
        environment.note_call(now);
        environment.set_share(ticket.lane, seat.max_token_places);
        let mut grants = self.seat(ticket, reply, now);
        let waits = !grants.iter().any(|grant| grant.ticket.number == ticket.number);
        if !waits {
            return (Ok(ticket), grants);
        }
        // Seated first: only then is it known whether it has to wait at all.
        if self.queued > self.capacity {
            grants.extend(self.leave(&ticket, now));
            self.counters.queue_full += 1;
            return (Err(AdmissionError::QueueFull { retry_after: self.retry_after() }), grants);
        }
        let Some(forecast) = self.futile(&ticket, now) else { return (Ok(ticket), grants) };
        let rule = self.rule(&ticket, now);
        grants.extend(self.leave(&ticket, now));
        self.counters.futile += 1;
        let retry_after = self.come_back(&ticket, rule, now);
        (Err(AdmissionError::Futile { retry_after, rule, forecast }), grants)
    }

    fn check(&self, seat: &AdmitRequest) -> Result<(), AdmissionError> {
        if let Some(reason) = self.closed.reason(&seat.environment) {
            return Err(reason);
        }
        let cap = seat.max_token_places.map_or(self.effective_cap.configured(), |most| {
            most.min(self.effective_cap.configured())
        });
        if seat.places > cap { Err(AdmissionError::NeverFits { cap }) } else { Ok(()) }
    }

    /// Frees the seat of a call that waits no more; does nothing if it was let in meanwhile.
    pub(super) fn leave(&mut self, ticket: &Ticket, now: Instant) -> Vec<Grant<W>> {
        match self.remove(ticket) {
            // It may have been the one that others waited for.
            Some(_) => self.dispatch(now),
            None => Vec::new(),
        }
    }

    /// Frees the seat of a call whose deadline passed; `None` if it was let in meanwhile.
    pub(super) fn time_out(
        &mut self,
        ticket: &Ticket,
        now: Instant,
    ) -> Option<(AdmissionError, Vec<Grant<W>>)> {
        // Asked while it still has its seat: what it waited for is told by the places around it.
        let rule = self.rule(ticket, now);
        let retry_after = self.come_back(ticket, rule, now);
        self.remove(ticket)?;
        self.counters.timeouts += 1;
        let waited = ticket.waited + now.saturating_duration_since(ticket.since);
        Some((AdmissionError::Timeout { retry_after, rule, waited }, self.dispatch(now)))
    }

    /// Gives back the places of an admitted call. They go on at once to whoever waits.
    pub(super) fn release(&mut self, ticket: &Ticket, now: Instant) -> Vec<Grant<W>> {
        self.free(ticket);
        self.drain_rate.freed(ticket.places);
        if ticket.places > 0 {
            // Calls without places hold none, and would make the others look quick.
            self.durations.note(now.saturating_duration_since(ticket.since), now);
        }
        self.dispatch(now)
    }

    /// Takes back a call that the vendor refused for now: others use the account too. The call
    /// waits again, at its old place.
    pub(super) fn requeue(&mut self, mut ticket: Ticket, reply: W, now: Instant) -> Entered<W> {
        self.free(&ticket);
        self.refund(&ticket);
        if ticket.places > 0 {
            // A call without places would tell nothing about how many there are.
            // Behind `free`: what is in use now are the others, and so many the vendor lets
            // through.
            self.effective_cap.shrink(self.in_use, now);
        }
        if let Some(reason) = self.closed.reason(&self.environments[ticket.environment].name) {
            return (Err(reason), Vec::new());
        }
        let cap = self.effective_cap.configured();
        if ticket.places > cap {
            // The cap was lowered while it was at Ideogram: it would wait in vain.
            return (Err(AdmissionError::NeverFits { cap }), self.dispatch(now));
        }
        // Not `enter`: it was let in once, and neither a full queue nor a forecast may send it
        // away. Its number is the old one, and with it its place.
        ticket.since = now;
        (Ok(ticket), self.seat(ticket, reply, now))
    }

    /// Says how many places a token may hold from now on, for its calls that wait as well.
    pub(super) fn set_share(
        &mut self,
        environment: &EnvironmentName,
        token: &TokenId,
        share: Option<u32>,
        now: Instant,
    ) -> Vec<Grant<W>> {
        let mut known = self.environments.iter_mut();
        let Some(own) = known.find(|own| own.name == *environment) else { return Vec::new() };
        // Without a lane nothing of it waits; its next call brings its share along.
        let Some(lane) = own.known_lane(token) else { return Vec::new() };
        own.set_share(lane, share);
        self.dispatch(now)
    }

    /// Lets time pass: the effective cap recovers, reserves lapse, the pace is measured.
    pub(super) fn tick(&mut self, now: Instant) -> Vec<Grant<W>> {
        self.effective_cap.recover(now);
        if self.queued > 0 {
            self.drain_rate.measure(now);
        }
        self.turns.forget_idle();
        self.environments.iter_mut().for_each(Environment::forget_idle);
        self.dispatch(now)
    }

    /// Sends away all waiting calls of environments to which the gate is closed, each with the reason; whoever
    /// waits on may go now.
    pub(super) fn send_away(&mut self, now: Instant) -> (Vec<(W, AdmissionError)>, Vec<Grant<W>>) {
        let mut sent_away = Vec::new();
        for id in 0..self.environments.len() {
            if let Some(reason) = self.closed.reason(&self.environments[id].name) {
                let replies = self.clear(id);
                sent_away.extend(replies.into_iter().map(|reply| (reply, reason.clone())));
            }
        }
        (sent_away, self.dispatch(now))
    }

    fn clear(&mut self, id: usize) -> Vec<W> {
        let environment = &mut self.environments[id];
        self.queued -= environment.queued;
        self.queued_places = self.queued_places.saturating_sub(environment.waiting());
        self.overtaken.retain(|ticket| ticket.environment != id);
        let replies = environment.clear();
        self.turns.leave(id);
        replies
    }

    /// Returns when a call should come back if it finds the queue full; `None` while it may wait.
    pub(super) fn full_for(&self) -> Option<Duration> {
        // A queue of no length is always full, and yet a call can go at once while places are free.
        let nothing_free = self.queued > 0 || self.free_places() == 0;
        (self.queued >= self.capacity && nothing_free).then(|| self.retry_after())
    }

    /// Returns how long the calls that wait now will take to be let in.
    pub(super) fn retry_after(&self) -> Duration {
        self.drain_rate.time_for(self.queued_places)
    }
}
