//! A link to an account: where it is, and with which keys.

use super::{Breaker, KeySlot};
use crate::{
    config::CountBy,
    domain::{EnvironmentName, Places, Route},
    upstream::Upstream,
};
use arc_swap::ArcSwap;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Everything needed to reach one account.
#[derive(Debug)]
pub struct AccountLink {
    /// The way to its origin.
    pub upstream: Upstream,
    /// The key of each environment that has one.
    pub keys: ArcSwap<BTreeMap<EnvironmentName, Arc<KeySlot>>>,
    /// Stops calls that its balance does not cover.
    pub breaker: Breaker,
    /// Whether it is the simulator in this process.
    pub is_simulator: bool,
    /// How long a call may take once sent.
    pub timeout: Duration,
    /// How it counts places.
    pub count: CountBy,
    /// How long places of unknown calls stay taken, unless the route says otherwise.
    pub place_ttl: Duration,
    /// The vendor's user that its webhooks must name, if the settings say one.
    pub vendor_user: Option<Box<str>>,
}

impl AccountLink {
    /// Returns the keys of an environment; `None` where it has none, and so cannot be used.
    pub fn slot(&self, environment: &EnvironmentName) -> Option<Arc<KeySlot>> {
        self.keys.load().get(environment).cloned()
    }

    /// Gives an environment its keys. They are never taken away: what was sent with them is followed with them.
    pub fn add_slot(&self, environment: &EnvironmentName, slot: &Arc<KeySlot>) {
        self.keys.rcu(|keys| {
            let mut keys = BTreeMap::clone(keys);
            keys.insert(environment.clone(), Arc::clone(slot));
            keys
        });
    }

    /// Returns how many places a call takes that asks for `images`.
    pub fn places(&self, images: Places) -> Places {
        match self.count {
            CountBy::Images => images,
            CountBy::Requests => images.min(1),
        }
    }

    /// Returns how long the places of an unknown call on `route` stay taken.
    pub fn place_ttl(&self, route: &Route) -> Duration {
        route.place_ttl.unwrap_or(self.place_ttl)
    }
}
