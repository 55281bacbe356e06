//! Whose turn it is: start-time fair queueing between flows that share something.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

/// What one place costs a flow of weight 1, in units of virtual time.
// So large that division by a weight loses next to nothing, and so small that a tag has room for
// 10^13 places.
const PLACE: u64 = 1 << 20;

/// Returns what `places` cost a flow of `weight`. The lower the weight, the dearer a place.
/// Fractions are lost, by less than a millionth of a place.
pub(super) fn price(places: u32, weight: u32) -> u64 {
    u64::from(places) * PLACE / u64::from(weight.max(1))
}

/// Returns the places that a flow of `weight` can pay with `span` of virtual time.
pub(super) fn places(span: u64, weight: u32) -> u64 {
    span.saturating_mul(u64::from(weight.max(1))) / PLACE
}

/// Orders flows so that each gets its share of what is charged.
///
/// Every flow has a tag in virtual time: when its next turn starts. The lowest tag has the turn;
/// a turn moves the tag on by its price. A flow that starts to wait is put at the present at
/// least, so time without waiting earns no credit.
#[derive(Debug)]
pub(super) struct Turns<K> {
    /// Virtual present: the latest start of a turn taken.
    now: u64,
    /// The latest tag ever given: the present as soon as nobody waits.
    horizon: u64,
    /// Breaks ties: who came or was served longer ago goes first.
    arrivals: u64,
    flows: HashMap<K, Flow>,
    waiting: BTreeSet<(u64, u64, K)>,
}

#[derive(Debug, Clone, Copy)]
struct Flow {
    tag: u64,
    arrival: u64,
    waits: bool,
}

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self { now: 0, horizon: 0, arrivals: 0, flows: HashMap::new(), waiting: BTreeSet::new() }
    }
}

impl<K: Copy + Ord + Hash> Turns<K> {
    /// Lets a flow wait for turns; nothing changes if it already does.
    pub(super) fn join(&mut self, key: K) {
        let flow = self.flow(key);
        if !flow.waits {
            let tag = flow.tag.max(self.now);
            self.put(key, Flow { tag, arrival: self.arrivals, waits: true });
        }
    }

    /// Ends a flow's wait. When nobody is left, all start equal again.
    pub(super) fn leave(&mut self, key: K) {
        let flow = self.flow(key);
        self.put(key, Flow { waits: false, ..flow });
        if self.waiting.is_empty() {
            self.now = self.horizon;
        }
    }

    /// Charges a flow for the turn it takes. It may owe more than one turn: then others go until
    /// they have caught up.
    pub(super) fn charge(&mut self, key: K, price: u64) {
        let flow = self.flow(key);
        self.now = self.now.max(flow.tag);
        let tag = flow.tag.saturating_add(price);
        self.put(key, Flow { tag, arrival: self.arrivals, ..flow });
    }

    /// Gives back the price of a turn that came to nothing.
    pub(super) fn refund(&mut self, key: K, price: u64) {
        let flow = self.flow(key);
        self.put(key, Flow { tag: flow.tag.saturating_sub(price), ..flow });
    }

    /// Moves a flow that could not use its turn up to the present, so that it saves nothing up.
    pub(super) fn lift(&mut self, key: K) {
        let flow = self.flow(key);
        self.put(key, Flow { tag: flow.tag.max(self.now), ..flow });
    }

    /// Returns how much further `key` is than `other`.
    pub(super) fn lead(&self, key: K, other: K) -> u64 {
        self.flow(key).tag.saturating_sub(self.flow(other).tag)
    }

    /// Returns the waiting flows, the one whose turn it is first. Of two with the same tag, the one
    /// that came or was served longer ago comes first.
    pub(super) fn order(&self) -> impl Iterator<Item = K> + '_ {
        self.waiting.iter().map(|(_, _, key)| *key)
    }

    /// Returns the flows whose turn comes before the one that `key` has once it has paid `price` more,
    /// and how much virtual time each has until then.
    pub(super) fn ahead_of(&self, key: K, price: u64) -> impl Iterator<Item = (K, u64)> + '_ {
        let Flow { tag, arrival, .. } = self.flow(key);
        let start = tag.saturating_add(price);
        let before =
            self.waiting.iter().take_while(move |other| (other.0, other.1) < (start, arrival));
        before.filter(move |other| other.2 != key).map(move |other| (other.2, start - other.0))
    }

    /// Forgets flows that do not wait and would come back without a debt.
    pub(super) fn forget_idle(&mut self) {
        let now = self.now;
        self.flows.retain(|_, flow| flow.waits || flow.tag > now);
    }

    fn flow(&self, key: K) -> Flow {
        let fresh = Flow { tag: self.now, arrival: 0, waits: false };
        self.flows.get(&key).copied().unwrap_or(fresh)
    }

    fn put(&mut self, key: K, flow: Flow) {
        if let Some(old) = self.flows.insert(key, flow)
            && old.waits
        {
            self.waiting.remove(&(old.tag, old.arrival, key));
        }
        if flow.waits {
            self.waiting.insert((flow.tag, flow.arrival, key));
        }
        self.horizon = self.horizon.max(flow.tag);
        self.arrivals += 1;
    }

    /// Says whether a flow waits or still owes a turn.
    pub(super) fn remembers(&self, key: K) -> bool {
        self.flows.contains_key(&key)
    }
}
