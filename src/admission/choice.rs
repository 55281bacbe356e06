//! Who goes next: the order of turns, who may overtake, and who is waited for.

use super::{
    capacity::Capacity,
    environment::Environment,
    lane::{LaneId, Ticket, Waiter},
    turns::{Turns, price},
};

/// The next call to admit, and those it passes.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) ticket: Ticket,
    /// Calls whose turn was earlier and which must wait on.
    pub(super) overtaken: Vec<Ticket>,
    /// Environments, and lanes of the chosen one, that could not use their turn.
    pub(super) skipped: Skipped,
}

/// Those that had an earlier turn but no call that could go at all.
#[derive(Debug, Default)]
pub(super) struct Skipped {
    pub(super) environments: Vec<usize>,
    pub(super) lanes: Vec<LaneId>,
}

/// Looks for the next call: first those that were overtaken before, then all in turn.
#[derive(Debug)]
pub(super) struct CandidateSearch<'a, W> {
    cap: u32,
    room: &'a Capacity,
    environments: &'a [Environment<W>],
    turns: &'a Turns<usize>,
    /// Calls that have an earlier turn than those still to be looked at, and must wait on.
    ahead: Vec<Ticket>,
    /// The same by environment.
    // The worst of each environment's calls stands for all of them: held against every call ahead of it,
    // each candidate of a long queue would cost the length of the queue.
    overtaken: Vec<Overtaken>,
}

/// What the calls ahead of one environment allow.
#[derive(Debug)]
struct Overtaken {
    environment: usize,
    /// The most that one of them was overtaken so far.
    places: u32,
    /// The lane among theirs that is furthest behind.
    lane: LaneId,
}

impl<'a, W> CandidateSearch<'a, W> {
    pub(super) fn new(
        cap: u32,
        room: &'a Capacity,
        environments: &'a [Environment<W>],
        turns: &'a Turns<usize>,
    ) -> Self {
        Self { cap, room, environments, turns, ahead: Vec::new(), overtaken: Vec::new() }
    }

    /// Returns the next call; `None` when nobody who may go fits.
    pub(super) fn run(mut self, overtaken: &[Ticket]) -> Option<Choice> {
        // They keep the turn that they had when they were first passed. By today's turns one of them would
        // come after calls that passed it, each time its environment was served meanwhile.
        for ticket in overtaken {
            let head = self.head(ticket);
            if head.is_some_and(|waiter| self.may_go(waiter)) {
                return Some(self.choose(*ticket, Skipped::default()));
            }
        }
        self.run_in_turn()
    }

    fn run_in_turn(mut self) -> Option<Choice> {
        let mut skipped = Skipped::default();
        for id in self.turns.order() {
            let environment = self.environments.get(id)?;
            let mut could_go = false;
            // Lanes forfeit a turn only where one is taken: in the environment that is chosen.
            skipped.lanes.clear();
            for (lane, head) in environment.heads(self.room.reach(id)) {
                // Asked anew for each: the one before may be the call for which places are gathered.
                if self.is_closed() {
                    return None;
                }
                let Some(waiter) = head else {
                    skipped.lanes.push(lane);
                    continue;
                };
                could_go = true;
                // One that was overtaken before has been looked at already.
                if waiter.overtaken == 0 && self.may_go(waiter) {
                    return Some(self.choose(waiter.ticket, skipped));
                }
            }
            if !could_go {
                skipped.environments.push(id);
            }
        }
        None
    }

    /// Returns the waiter if it is the one that can go in its lane.
    fn head(&self, ticket: &Ticket) -> Option<&'a Waiter<W>> {
        let environment = self.environments.get(ticket.environment)?;
        let head = environment.head(ticket.lane, self.room.reach(ticket.environment))?;
        (head.ticket.number == ticket.number).then_some(head)
    }

    /// Says whether a call fits and may pass all those ahead of it; if not, it is ahead itself.
    fn may_go(&mut self, waiter: &Waiter<W>) -> bool {
        let ticket = &waiter.ticket;
        let goes = self.room.fits(ticket.environment, ticket.places)
            && self.overtaken.iter().all(|overtaken| self.may_pass(ticket, overtaken));
        if !goes {
            self.put_ahead(waiter);
        }
        goes
    }

    /// Says whether a call may overtake those of an environment: neither one of them too often,
    /// nor on and on, call after call, until its own side is far ahead of theirs.
    fn may_pass(&self, ticket: &Ticket, overtaken: &Overtaken) -> bool {
        let cost = self.room.cost(ticket, overtaken.environment);
        let leads = if ticket.environment == overtaken.environment {
            let lanes = &self.environments[ticket.environment].turns;
            self.leads(lanes.lead(ticket.lane, overtaken.lane), ticket.places, 1)
        } else {
            let weight = self.environments[ticket.environment].weight;
            let lead = self.turns.lead(ticket.environment, overtaken.environment);
            self.leads(lead, ticket.places, weight)
        };
        // What takes nothing from them, because it was held back for others, overtakes nobody.
        cost == 0 || (!leads && overtaken.places.saturating_add(cost) <= self.cap)
    }

    /// Says whether `places` more would put a flow more than the cap's worth ahead.
    fn leads(&self, lead: u64, places: u32, weight: u32) -> bool {
        lead.saturating_add(price(places, weight)) > price(self.cap, weight)
    }

    fn put_ahead(&mut self, waiter: &Waiter<W>) {
        let Ticket { environment, lane, .. } = waiter.ticket;
        self.ahead.push(waiter.ticket);
        let places = waiter.overtaken;
        let known = self.overtaken.iter_mut().find(|other| other.environment == environment);
        let Some(known) = known else {
            self.overtaken.push(Overtaken { environment, places, lane });
            return;
        };
        known.places = known.places.max(places);
        if self.environments[environment].turns.lead(known.lane, lane) > 0 {
            known.lane = lane;
        }
    }

    /// Says whether places are being gathered, so that nobody else can go.
    fn is_closed(&self) -> bool {
        // Who takes places that are reserved for it overtakes nobody, so that the search goes on
        // while there are any.
        self.room.unclaimed() == 0 && self.overtaken.iter().any(|other| other.places >= self.cap)
    }

    fn choose(self, ticket: Ticket, skipped: Skipped) -> Choice {
        Choice { ticket, overtaken: self.ahead, skipped }
    }
}
