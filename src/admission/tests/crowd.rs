//! Clients that always want more: each calls again as soon as its call is done.

use super::world::options;
use crate::admission::{
    AdmitRequest,
    account_gate::{AccountGate, Grant},
    lane::Ticket,
};
use crate::domain::TokenId;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};
use tokio::time::Instant;

/// Clients of one token that behave alike.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) environment: usize,
    pub(super) clients: u32,
    pub(super) places: u32,
    /// When they start.
    pub(super) from: Duration,
}

/// Returns `clients` of an environment that ask for one place at a time, from the start.
pub(super) fn clients(environment: usize, clients: u32) -> Group {
    Group { environment, clients, places: 1, from: Duration::ZERO }
}

/// What was served to a group.
#[derive(Debug, Default, Clone)]
pub(super) struct Served {
    pub(super) places: u32,
    pub(super) waits: Vec<Duration>,
}

#[derive(Debug)]
pub(super) struct Crowd {
    gate: AccountGate<usize>,
    groups: Vec<Group>,
    start: Instant,
    done: BinaryHeap<Reverse<(Instant, u64, usize)>>,
    running: BTreeMap<u64, Ticket>,
    service: Duration,
    /// How much service times differ: from none to as much as their mean.
    spread: f64,
    count_from: Duration,
    served: Vec<Served>,
}

impl Crowd {
    /// Returns a crowd at a gate of ten places, with environments of these weights.
    pub(super) fn new(weights: &[u32], groups: &[Group]) -> Self {
        let environments: Vec<_> = weights.iter().map(|weight| (*weight, 0)).collect();
        let start = Instant::now();
        Self {
            gate: AccountGate::new(options(10, &environments), 10_000, start),
            groups: groups.to_vec(),
            start,
            done: BinaryHeap::new(),
            running: BTreeMap::new(),
            service: Duration::from_millis(200),
            spread: 0.0,
            count_from: Duration::ZERO,
            served: vec![Served::default(); groups.len()],
        }
    }

    /// Lets calls take from half to one and a half times as long, as they would.
    pub(super) fn uneven(mut self) -> Self {
        self.spread = 1.0;
        self
    }

    /// Counts only what is let in after `span`.
    pub(super) fn counted_from(mut self, span: Duration) -> Self {
        self.count_from = span;
        self
    }

    /// Lets the clients call for `span` and returns what each group was served.
    pub(super) fn run(mut self, span: Duration) -> Vec<Served> {
        for group in 0..self.groups.len() {
            for client in 0..self.groups[group].clients {
                // Starts are spread over a service time, as they would be.
                let spread = self.service.mul_f64(f64::from(client) / 200.0);
                let from = self.start + self.groups[group].from + spread;
                self.done.push(Reverse((from, u64::MAX, group)));
            }
        }
        while let Some(Reverse((now, number, group))) = self.done.pop() {
            if now > self.start + span {
                break;
            }
            if let Some(ticket) = self.running.remove(&number) {
                let grants = self.gate.release(&ticket, now);
                self.begin(grants, now);
            }
            self.call(group, now);
        }
        self.served
    }

    fn call(&mut self, group: usize, now: Instant) {
        let Group { environment, places, .. } = self.groups[group];
        let seat = AdmitRequest {
            account: "account".parse().expect("a name"),
            environment: format!("e{environment}").parse().expect("a name"),
            token: TokenId::from_stored(format!("tok_{group}")),
            places,
            deadline: now + Duration::from_mins(10),
            max_token_places: None,
        };
        let (entered, grants) = self.gate.enter(&seat, group, now);
        entered.expect("room to wait");
        self.begin(grants, now);
    }

    /// Returns how long a call takes: the service time on average, spread evenly around it.
    fn service_of(&self, number: u64) -> Duration {
        let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let part = f64::from(u32::try_from(scattered).unwrap_or(0)) / f64::from(u32::MAX);
        self.service.mul_f64(1.0 + self.spread * (part - 0.5))
    }

    fn begin(&mut self, grants: Vec<Grant<usize>>, now: Instant) {
        for Grant { ticket, reply: group } in grants {
            self.running.insert(ticket.number, ticket);
            let done = now + self.service_of(ticket.number);
            self.done.push(Reverse((done, ticket.number, group)));
            if now >= self.start + self.count_from {
                self.served[group].places += ticket.places;
                self.served[group].waits.push(ticket.waited);
            }
        }
    }
}
