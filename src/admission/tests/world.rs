//! A gate with a second set of books beside it, kept the plain way and compared after every step.

use crate::admission::{
    AdmissionError, AdmitRequest, GateOptions, LaneOptions,
    account_gate::{AccountGate, Entered, Grant},
    environment::Environment,
    lane::{Ticket, Waiter},
    turns::price,
};
use crate::domain::{CallId, TokenId};
use std::time::Duration;
use tokio::time::Instant;

/// What a test's call asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) environment: usize,
    pub(super) token: usize,
    pub(super) places: u32,
    pub(super) share: Option<u32>,
}

/// Returns a call of `places` without a bound of its own.
pub(super) fn ask(environment: usize, token: usize, places: u32) -> Ask {
    Ask { environment, token, places, share: None }
}

/// Returns a gate's options: environments `e0`, `e1` … by weight and reserved places.
pub(super) fn options(cap: u32, environments: &[(u32, u32)]) -> GateOptions {
    let environment = |(id, (weight, reserved)): (usize, &(u32, u32))| LaneOptions {
        name: format!("e{id}").parse().expect("a name"),
        weight: *weight,
        reserved_places: *reserved,
    };
    GateOptions {
        name: "account".parse().expect("a name"),
        cap,
        environments: environments.iter().enumerate().map(environment).collect(),
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) gate: AccountGate<()>,
    pub(super) now: Instant,
    pub(super) waiting: Vec<Ticket>,
    pub(super) admitted: Vec<Ticket>,
    pub(super) held: Vec<(CallId, Ticket)>,
    reserved: Vec<u32>,
    /// The largest cap there was.
    largest: u32,
}

impl World {
    pub(super) fn new(cap: u32, environments: &[(u32, u32)], capacity: usize) -> Self {
        let now = Instant::now();
        Self {
            gate: AccountGate::new(options(cap, environments), capacity, now),
            now,
            waiting: Vec::new(),
            admitted: Vec::new(),
            held: Vec::new(),
            reserved: environments.iter().map(|(_, reserved)| *reserved).collect(),
            largest: cap,
        }
    }

    pub(super) fn enter(&mut self, ask: Ask) -> Result<Ticket, AdmissionError> {
        let seat = self.seat(ask);
        let entered = self.gate.enter(&seat, (), self.now);
        self.entered(entered)
    }

    pub(super) fn seat(&self, ask: Ask) -> AdmitRequest {
        AdmitRequest {
            account: "account".parse().expect("a name"),
            environment: format!("e{}", ask.environment).parse().expect("a name"),
            token: TokenId::from_stored(format!("tok_{}_{}", ask.environment, ask.token)),
            places: ask.places,
            deadline: self.now + Duration::from_mins(1),
            max_token_places: ask.share,
        }
    }

    /// Gives back what the `nth` admitted call holds.
    pub(super) fn release(&mut self, nth: usize) {
        let ticket = self.admitted.remove(nth);
        let grants = self.gate.release(&ticket, self.now);
        self.granted(grants);
    }

    /// Lets the `nth` waiting call hang up.
    pub(super) fn leave(&mut self, nth: usize) {
        let ticket = self.waiting.remove(nth);
        let grants = self.gate.leave(&ticket, self.now);
        self.granted(grants);
    }

    /// Answers the `nth` admitted call with the vendor's 429.
    pub(super) fn requeue(&mut self, nth: usize) {
        let ticket = self.admitted.remove(nth);
        let entered = self.gate.requeue(ticket, (), self.now);
        let cap = self.gate.effective_cap.configured();
        match self.entered(entered) {
            Err(AdmissionError::NeverFits { .. }) => assert!(ticket.places > cap),
            waits => drop(waits.expect("an open gate")),
        }
    }

    /// Takes other options; environments that are not named are taken out of the settings.
    pub(super) fn reconfigure(&mut self, cap: u32, environments: &[(u32, u32)]) {
        let given = environments.iter().map(|(_, reserved)| *reserved);
        self.reserved = given.chain(std::iter::repeat(0)).take(self.reserved.len()).collect();
        self.largest = self.largest.max(cap);
        let changed = self.gate.reconfigure(&options(cap, environments), 20, self.now);
        let waited = self.waiting.len();
        self.waiting.retain(|ticket| ticket.places <= cap);
        assert_eq!(changed.too_large.len(), waited - self.waiting.len());
        self.granted(changed.grants);
    }

    pub(super) fn hold(&mut self, nth: usize) {
        let ticket = self.admitted.remove(nth);
        let call = CallId::random();
        let grants = self.gate.hold(call.clone(), ticket, self.now);
        self.held.push((call, ticket));
        self.granted(grants);
    }

    pub(super) fn restore(&mut self, ask: Ask) {
        let call = CallId::random();
        let seat = self.seat(ask);
        let grants = self.gate.restore(&seat, call.clone(), self.now);
        let environment = ask.environment;
        let lane = self.gate.environments[environment].lane_of(&seat.token);
        let ticket = Ticket { environment, lane, places: ask.places, ..any_ticket(self.now) };
        self.held.push((call, ticket));
        self.granted(grants);
    }

    pub(super) fn release_held(&mut self, nth: usize) {
        let (call, _) = self.held.remove(nth);
        let grants = self.gate.release_held(&call, self.now).expect("a held call");
        self.granted(grants);
    }

    pub(super) fn pass(&mut self, span: Duration) {
        self.now += span;
        let grants = self.gate.tick(self.now);
        self.granted(grants);
    }

    fn entered(&mut self, (entered, grants): Entered<()>) -> Result<Ticket, AdmissionError> {
        self.waiting.extend(entered.as_ref().ok());
        self.waiting.sort_by_key(|ticket| ticket.number);
        self.granted(grants);
        entered
    }

    /// Books what was granted, one by one, and looks for whoever was passed unduly.
    fn granted(&mut self, grants: Vec<Grant<()>>) {
        for Grant { ticket, .. } in grants {
            let limit = self.gate.effective_cap.limit();
            assert!(ticket.places == 0 || self.in_use() + ticket.places <= limit, "past the cap");
            let place = self.waiting.iter().position(|other| other.number == ticket.number);
            let place = place.expect("a grant goes to a call that waits, once");
            let reach = self.reach(ticket.environment);
            let passed = self.waiting[..place]
                .iter()
                .find(|other| same_lane(other, &ticket) && other.places <= reach);
            let waited_in_turn = passed.is_none() || ticket.places == 0;
            assert!(waited_in_turn, "{ticket:?} passed {passed:?} of its own lane");
            self.waiting.remove(place);
            self.admitted.push(ticket);
        }
        self.check();
    }

    pub(super) fn in_use(&self) -> u32 {
        let held = self.held.iter().map(|(_, ticket)| ticket.places).sum::<u32>();
        self.admitted.iter().map(|ticket| ticket.places).sum::<u32>() + held
    }

    fn in_use_by(&self, mine: impl Fn(&Ticket) -> bool) -> u32 {
        let held = self.held.iter().map(|(_, ticket)| ticket);
        self.admitted.iter().chain(held).filter(|t| mine(t)).map(|ticket| ticket.places).sum()
    }

    /// Compares the two sets of books.
    fn check(&self) {
        let gate = &self.gate;
        assert_eq!(gate.in_use, self.in_use());
        assert_eq!(gate.queued, self.waiting.len());
        assert_eq!(gate.queued_places, self.waiting.iter().map(|t| t.places).sum::<u32>());
        let held = self.held.iter().map(|(_, ticket)| ticket.places).sum::<u32>();
        assert_eq!(gate.held.places(), held);
        for (id, environment) in gate.environments.iter().enumerate() {
            assert_eq!(environment.in_use, self.in_use_by(|ticket| ticket.environment == id));
            let queued = self.waiting.iter().filter(|ticket| ticket.environment == id).count();
            assert_eq!(environment.queued, queued);
        }
        assert!((1..=gate.effective_cap.configured()).contains(&gate.effective_cap.current()));
        self.check_bypass();
        self.check_nobody_waits_in_vain();
    }

    fn check_bypass(&self) {
        let passed: Vec<_> = self.waiters().filter(|waiter| waiter.overtaken > 0).collect();
        assert!(passed.iter().all(|waiter| waiter.overtaken <= self.largest));
        let listed = |waiter: &Waiter<()>| {
            self.gate.overtaken.iter().any(|ticket| ticket.number == waiter.ticket.number)
        };
        assert!(passed.iter().all(|waiter| listed(waiter)));
        assert_eq!(passed.len(), self.gate.overtaken.len());
    }

    /// Whoever waits does not fit, may not go, or would overtake someone once too often.
    fn check_nobody_waits_in_vain(&self) {
        let cap = self.gate.effective_cap.configured();
        let heads: Vec<_> = self.waiters().filter(|waiter| self.is_head(&waiter.ticket)).collect();
        for waiter in heads.iter().filter(|waiter| self.fits(&waiter.ticket)) {
            let is_barred = heads.iter().any(|other| {
                let cost = self.cost(&waiter.ticket, other.ticket.environment);
                other.ticket.number != waiter.ticket.number
                    && cost > 0
                    && (other.overtaken + cost > cap || self.leads(&waiter.ticket, &other.ticket))
            });
            assert!(is_barred, "{:?} waits in vain", waiter.ticket);
        }
    }

    /// Returns the share of a call's token.
    pub(super) fn share_of(&self, ticket: &Ticket) -> Option<u32> {
        self.gate.environments[ticket.environment].share_of(ticket.lane)
    }

    /// Changes the share of a token that is known.
    pub(super) fn set_share(&mut self, ask: Ask) {
        let seat = self.seat(ask);
        let grants = self.gate.set_share(&seat.environment, &seat.token, ask.share, self.now);
        self.granted(grants);
    }

    pub(super) fn waiters(&self) -> impl Iterator<Item = &Waiter<()>> {
        self.gate.environments.iter().flat_map(Environment::waiters)
    }

    fn is_head(&self, ticket: &Ticket) -> bool {
        let reach = self.reach(ticket.environment);
        let mut lane = self.waiting.iter().filter(|other| same_lane(other, ticket));
        let is_first = lane.find(|other| other.places <= reach) == Some(ticket);
        let holds = self.in_use_by(|other| same_lane(other, ticket));
        is_first && self.share_of(ticket).is_none_or(|share| holds + ticket.places <= share)
    }

    fn fits(&self, ticket: &Ticket) -> bool {
        let others = |id: &usize| *id != ticket.environment;
        let unclaimed: u32 =
            (0..self.reserved.len()).filter(others).map(|id| self.unclaimed(id)).sum();
        self.in_use() + unclaimed + ticket.places <= self.gate.effective_cap.limit()
    }

    fn reach(&self, environment: usize) -> u32 {
        let others = (0..self.reserved.len()).filter(|id| *id != environment);
        let held_back: u32 = others.map(|id| self.reserve(id)).sum();
        self.gate.effective_cap.current().saturating_sub(held_back)
    }

    fn cost(&self, ticket: &Ticket, environment: usize) -> u32 {
        let own =
            if ticket.environment == environment { 0 } else { self.unclaimed(ticket.environment) };
        ticket.places.saturating_sub(own)
    }

    /// Says whether a call's environment or lane is too far ahead of the other's already.
    fn leads(&self, ticket: &Ticket, other: &Ticket) -> bool {
        let (cap, places) = (self.gate.effective_cap.configured(), ticket.places);
        let environment = &self.gate.environments[ticket.environment];
        if ticket.environment == other.environment {
            let price = |places| price(places, 1);
            environment.turns.lead(ticket.lane, other.lane) + price(places) > price(cap)
        } else {
            let price = |places| price(places, environment.weight);
            let lead = self.gate.turns.lead(ticket.environment, other.environment);
            lead + price(places) > price(cap)
        }
    }

    fn reserve(&self, environment: usize) -> u32 {
        let is_active = self.gate.environments[environment].is_active(self.now);
        let whole = self.gate.effective_cap.configured().max(self.reserved.iter().sum());
        let share = self.reserved[environment] * self.gate.effective_cap.current() / whole;
        if is_active { share } else { 0 }
    }

    fn unclaimed(&self, environment: usize) -> u32 {
        let in_use = self.in_use_by(|ticket| ticket.environment == environment);
        self.reserve(environment).saturating_sub(in_use)
    }
}

fn same_lane(one: &Ticket, other: &Ticket) -> bool {
    (one.environment, one.lane) == (other.environment, other.lane)
}

fn any_ticket(now: Instant) -> Ticket {
    Ticket {
        number: u64::MAX,
        environment: 0,
        lane: 0,
        places: 0,
        charged: 0,
        deadline: now,
        since: now,
        waited: Duration::ZERO,
    }
}
