//! An environment at the gate: its tokens' lanes, their turns, and what it holds.

use super::{
    lane::{Behind, Lane, LaneId, Ticket, Waiter},
    options::LaneOptions,
    turns::{Turns, price},
};
use crate::domain::{EnvironmentName, TokenId};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// For how long after a call reserved places are held back.
const ACTIVE: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(super) struct Environment<W> {
    pub(super) name: EnvironmentName,
    /// Whether the settings have it.
    pub(super) is_set: bool,
    pub(super) weight: u32,
    pub(super) reserved: u32,
    pub(super) in_use: u32,
    pub(super) queued: usize,
    last_call: Option<Instant>,
    next_lane: LaneId,
    names: HashMap<TokenId, LaneId>,
    lanes: HashMap<LaneId, Lane<W>>,
    pub(super) turns: Turns<LaneId>,
}

impl<W> Environment<W> {
    pub(super) fn new(options: LaneOptions) -> Self {
        Self {
            name: options.name,
            is_set: true,
            weight: options.weight.max(1),
            reserved: options.reserved_places,
            in_use: 0,
            queued: 0,
            last_call: None,
            next_lane: 0,
            names: HashMap::new(),
            lanes: HashMap::new(),
            turns: Turns::default(),
        }
    }

    /// Takes other options; calls that wait keep what they have paid.
    pub(super) fn set(&mut self, options: &LaneOptions) {
        self.is_set = true;
        self.weight = options.weight.max(1);
        self.reserved = options.reserved_places;
    }

    /// Takes it out of the settings. It stays for as long as anything hangs on it.
    pub(super) fn unset(&mut self) {
        self.is_set = false;
        self.weight = 1;
        self.reserved = 0;
    }

    /// Returns the lane of a token, a new one if need be. The number of a lane is never given
    /// again.
    pub(super) fn lane_of(&mut self, token: &TokenId) -> LaneId {
        if let Some(lane) = self.names.get(token) {
            return *lane;
        }
        let lane = self.next_lane;
        self.next_lane += 1;
        self.names.insert(token.clone(), lane);
        self.lanes.insert(lane, Lane::new(token.clone()));
        lane
    }

    /// Notes that the environment sent a call just now.
    pub(super) fn note_call(&mut self, now: Instant) {
        self.last_call = Some(now);
    }

    /// Says whether it sent a call within five minutes, so that places are held back for it.
    pub(super) fn is_active(&self, now: Instant) -> bool {
        self.last_call.is_some_and(|last| now.saturating_duration_since(last) < ACTIVE)
    }

    pub(super) fn seat(&mut self, waiter: Waiter<W>) {
        let id = waiter.ticket.lane;
        if let Some(lane) = self.lanes.get_mut(&id) {
            lane.seat(waiter);
            self.queued += 1;
            self.turns.join(id);
        }
    }

    pub(super) fn remove(&mut self, ticket: &Ticket) -> Option<Waiter<W>> {
        let lane = self.lanes.get_mut(&ticket.lane)?;
        let waiter = lane.remove(ticket.number)?;
        self.queued -= 1;
        if lane.is_empty() {
            self.turns.leave(ticket.lane);
        }
        Some(waiter)
    }

    /// Takes a waiting call's turn; `skipped` are lanes that could not use theirs before it.
    pub(super) fn admit(&mut self, ticket: &Ticket, skipped: &[LaneId]) -> Option<Waiter<W>> {
        // Before it leaves: when the last one leaves, all start equal again, and a charge after
        // that would be a debt that nobody is owed.
        self.turns.charge(ticket.lane, price(ticket.places, 1));
        for lane in skipped {
            self.turns.lift(*lane);
        }
        let waiter = self.remove(ticket)?;
        self.take(ticket);
        Some(waiter)
    }

    pub(super) fn take(&mut self, ticket: &Ticket) {
        if let Some(lane) = self.lanes.get_mut(&ticket.lane) {
            lane.take(ticket.places);
            self.in_use += ticket.places;
        }
    }

    pub(super) fn free(&mut self, ticket: &Ticket) {
        if let Some(lane) = self.lanes.get_mut(&ticket.lane) {
            lane.free(ticket.places);
            self.in_use -= ticket.places;
        }
    }

    pub(super) fn refund(&mut self, ticket: &Ticket) {
        self.turns.refund(ticket.lane, price(ticket.places, 1));
    }

    /// Returns the calls that could go, in the order of turns, and lanes without one.
    pub(super) fn heads(
        &self,
        reach: u32,
    ) -> impl Iterator<Item = (LaneId, Option<&Waiter<W>>)> + '_ {
        self.turns.order().map(move |lane| (lane, self.head(lane, reach)))
    }

    pub(super) fn head(&self, lane: LaneId, reach: u32) -> Option<&Waiter<W>> {
        self.lanes.get(&lane)?.head(reach)
    }

    /// Returns the places that calls of its lane take which a call lets go first.
    pub(super) fn waits_before(&self, ticket: &Ticket, behind: Behind) -> u64 {
        let lane = self.lanes.get(&ticket.lane);
        lane.map_or(0, |lane| lane.waits_before(ticket.number, behind))
    }

    /// Returns the places that a lane's calls take which a call of another lane cannot overtake.
    pub(super) fn rivals(&self, lane: LaneId, behind: Behind) -> u64 {
        self.lanes.get(&lane).map_or(0, |lane| lane.rivals(behind))
    }

    /// Returns the most places that the token of a lane may hold.
    pub(super) fn share_of(&self, lane: LaneId) -> Option<u32> {
        self.lanes.get(&lane).and_then(Lane::share)
    }

    /// Says how many places the token of a lane may hold from now on.
    pub(super) fn set_share(&mut self, lane: LaneId, share: Option<u32>) {
        if let Some(lane) = self.lanes.get_mut(&lane) {
            lane.set_share(share);
        }
    }

    /// Returns the lane of a token that waits, holds or owes something.
    pub(super) fn known_lane(&self, token: &TokenId) -> Option<LaneId> {
        self.names.get(token).copied()
    }

    /// Returns the places that a lane holds.
    pub(super) fn in_use_by(&self, lane: LaneId) -> u32 {
        self.lanes.get(&lane).map_or(0, Lane::in_use)
    }

    /// Returns the places that a lane's waiting calls ask for.
    pub(super) fn waiting_in(&self, lane: LaneId) -> u32 {
        self.lanes.get(&lane).map_or(0, Lane::waiting)
    }

    /// Returns the places that all its waiting calls ask for.
    pub(super) fn waiting(&self) -> u32 {
        self.lanes.values().map(Lane::waiting).fold(0, u32::saturating_add)
    }

    pub(super) fn find(&mut self, ticket: &Ticket) -> Option<&mut Waiter<W>> {
        self.lanes.get_mut(&ticket.lane)?.find(ticket.number)
    }

    /// Sends all waiting calls away. Places that are taken stay taken.
    pub(super) fn clear(&mut self) -> Vec<W> {
        let mut replies = Vec::with_capacity(self.queued);
        for (id, lane) in self.lanes.iter_mut().filter(|(_, lane)| !lane.is_empty()) {
            replies.extend(lane.clear().map(|waiter| waiter.reply));
            self.turns.leave(*id);
        }
        self.queued = 0;
        replies
    }

    /// Forgets tokens that neither wait, hold nor owe anything.
    pub(super) fn forget_idle(&mut self) {
        // Turns first: a lane is kept for as long as its token owes one.
        self.turns.forget_idle();
        let (turns, names) = (&self.turns, &mut self.names);
        self.lanes.retain(|id, lane| {
            let keep = !lane.is_idle() || turns.remembers(*id);
            if !keep {
                names.remove(&lane.token);
            }
            keep
        });
    }

    /// Returns all calls that wait, in no order.
    pub(super) fn waiters(&self) -> impl Iterator<Item = &Waiter<W>> {
        self.lanes.values().flat_map(Lane::waiters)
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> (usize, usize) {
        (self.names.len(), self.lanes.len())
    }
}
