//! A link to an account: where it is, and with which keys.

use super::{Breaker, KeySlot};
use crate::{
    config::CountBy,
    domain::{EnvironmentName, Places, Route},
    upstream::Upstream,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Everything needed to reach one account.
#[derive(Debug)]
pub struct AccountLink {
    /// The way to its origin.
    pub upstream: Upstream,
    /// The key of each environment that has one.
    pub keys: BTreeMap<EnvironmentName, Arc<KeySlot>>,
    /// Stops calls that its balance does not cover.
    pub breaker: Breaker,
    /// How it counts places.
    pub count: CountBy,
    /// How long places of unknown calls stay taken, unless the route says otherwise.
    pub place_ttl: Duration,
    /// The vendor's user that its webhooks must name, if the settings say one.
    pub vendor_user: Option<Box<str>>,
}

impl AccountLink {
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
