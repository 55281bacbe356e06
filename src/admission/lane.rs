//! A token's lane: its calls in the order they came, and what it holds.

use crate::domain::TokenId;
use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// Names a lane within its environment; never used twice.
pub(super) type LaneId = u64;

/// A call as the gate knows it, waiting or admitted. It is a note and holds nothing: places are
/// taken and freed by the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Counts calls in the order they came.
    pub(super) number: u64,
    /// The environment, by its position in the gate.
    pub(super) environment: usize,
    pub(super) lane: LaneId,
    pub(super) places: u32,
    /// What its environment paid for its turn, once admitted: weights may be others by the time it is given back.
    pub(super) charged: u64,
    pub(super) deadline: Instant,
    /// When it last began to wait, or was admitted.
    pub(super) since: Instant,
    /// How long it waited in all, once admitted.
    pub(super) waited: Duration,
}

/// A call in its lane.
#[derive(Debug)]
pub(super) struct Waiter<W> {
    pub(super) ticket: Ticket,
    /// Places that went ahead although it was this call's turn.
    pub(super) overtaken: u32,
    /// How to tell the caller.
    pub(super) reply: W,
}

/// One token's calls. It is kept while a call waits or holds places, and while its token owes a
/// turn.
#[derive(Debug)]
pub(super) struct Lane<W> {
    pub(super) token: TokenId,
    /// The most places its token may hold, as was said last: it is the token's, and not that of each call.
    share: Option<u32>,
    queue: VecDeque<Waiter<W>>,
    in_use: u32,
    /// Tickets that are admitted, with or without places.
    admitted: usize,
}

impl<W> Lane<W> {
    pub(super) fn new(token: TokenId) -> Self {
        Self { token, share: None, queue: VecDeque::new(), in_use: 0, admitted: 0 }
    }

    pub(super) fn share(&self) -> Option<u32> {
        self.share
    }

    pub(super) fn set_share(&mut self, share: Option<u32>) {
        self.share = share;
    }

    /// Puts a waiter at its place: behind those that came before it, ahead of all others.
    pub(super) fn seat(&mut self, waiter: Waiter<W>) {
        // Not simply at the end: after a 429 a call comes back with the number that it had.
        let number = waiter.ticket.number;
        let place = self.queue.partition_point(|other| other.ticket.number < number);
        self.queue.insert(place, waiter);
    }

    /// Returns the call whose turn it is in this lane: the first that could fit at all, unless the
    /// token holds as much as it may.
    pub(super) fn head(&self, reach: u32) -> Option<&Waiter<W>> {
        let head = self.queue.iter().find(|waiter| waiter.ticket.places <= reach)?;
        let places = self.in_use.saturating_add(head.ticket.places);
        let allowed = self.share.is_none_or(|share| places <= share);
        allowed.then_some(head)
    }

    /// Returns the places that its calls take which came before the call `number`.
    pub(super) fn waits_before(&self, number: u64, behind: Behind) -> u64 {
        let before = self.tickets().take_while(|ticket| ticket.number < number);
        behind.places(before)
    }

    /// Returns the places that its calls take which a call of another lane cannot overtake.
    pub(super) fn rivals(&self, behind: Behind) -> u64 {
        let reachable = self.tickets().filter(|ticket| ticket.places <= behind.reach);
        let places = behind.places(reachable.take_while(|ticket| ticket.places <= behind.most));
        // Beyond its share it may have to pause.
        self.share.map_or(places, |share| places.min(u64::from(share)))
    }

    fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.queue.iter().map(|waiter| &waiter.ticket)
    }

    pub(super) fn in_use(&self) -> u32 {
        self.in_use
    }

    /// Returns the places that its waiting calls ask for.
    pub(super) fn waiting(&self) -> u32 {
        self.queue.iter().map(|waiter| waiter.ticket.places).fold(0, u32::saturating_add)
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<Waiter<W>> {
        let place = self.queue.binary_search_by_key(&number, |other| other.ticket.number);
        self.queue.remove(place.ok()?)
    }

    pub(super) fn find(&mut self, number: u64) -> Option<&mut Waiter<W>> {
        let place = self.queue.binary_search_by_key(&number, |other| other.ticket.number);
        self.queue.get_mut(place.ok()?)
    }

    pub(super) fn clear(&mut self) -> impl Iterator<Item = Waiter<W>> + '_ {
        self.queue.drain(..)
    }

    pub(super) fn take(&mut self, places: u32) {
        self.in_use += places;
        self.admitted += 1;
    }

    pub(super) fn free(&mut self, places: u32) {
        self.in_use -= places;
        self.admitted -= 1;
    }

    /// Says whether nobody waits here.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Says whether nothing hangs on this lane any more.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.admitted == 0
    }

    /// Returns the calls that wait, first come first.
    pub(super) fn waiters(&self) -> impl Iterator<Item = &Waiter<W>> {
        self.queue.iter()
    }
}

/// Whom a call lets go first, and who counts of those.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behind {
    /// The most places that can come free for a call in its environment; larger ones step aside.
    pub(super) reach: u32,
    /// Larger calls of other lanes may be overtaken.
    pub(super) most: u32,
    /// Calls that may give up before do not count.
    pub(super) stays: Instant,
}

impl Behind {
    /// Returns the places of those calls that count.
    pub(super) fn places<'t>(self, tickets: impl Iterator<Item = &'t Ticket>) -> u64 {
        let counts =
            tickets.filter(|ticket| ticket.places <= self.reach && ticket.deadline >= self.stays);
        counts.map(|ticket| u64::from(ticket.places)).sum()
    }
}
