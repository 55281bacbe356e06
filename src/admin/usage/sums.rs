//! Adds up what was used.

use crate::{
    domain::{PlacesRule, RouteTable, Usd},
    store::Usage,
};
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, collections::BTreeMap};
use utoipa::ToSchema;

/// What was used under one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UsageView {
    /// The environment, token, owner, user, route, model, day, hour or account.
    pub key: String,
    /// What the token of that id is called now, or who the user is, where that is known and whoever
    /// asks may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Calls sent that could be billed.
    pub calls: u64,
    /// Images that are charged for them.
    pub images: u64,
    /// What was charged, in dollars.
    #[schema(value_type = String, example = "1.80")]
    pub cost_usd: Usd,
    /// What is reserved for calls whose charge is not known yet, in dollars.
    #[schema(value_type = String, example = "0.06")]
    pub reserved_usd: Usd,
    /// Calls sent that cost nothing, such as polls, lists and dry runs.
    #[serde(default)]
    pub reads: u64,
}

/// Returns one sum for each key, the dearest first: by what was charged, then by what is reserved,
/// then by calls, then by key.
pub(super) fn sums(used: &[Usage], routes: &RouteTable) -> Vec<UsageView> {
    let mut sums: BTreeMap<String, UsageView> = BTreeMap::new();
    for usage in used {
        let key = usage.key.to_string();
        let sum = sums.entry(key.clone()).or_insert_with(|| UsageView::nothing(key));
        if can_be_billed(usage, routes) {
            sum.calls += usage.calls;
            sum.images += usage.images;
        } else {
            sum.reads += usage.calls;
        }
        sum.reads += usage.reads;
        sum.cost_usd = sum.cost_usd.plus(usage.charged);
        sum.reserved_usd = sum.reserved_usd.plus(usage.reserved);
    }
    let mut sums: Vec<_> = sums.into_values().collect();
    // Stable, so that what is equal stays in the order of the keys.
    sums.sort_by_key(|sum| Reverse((sum.cost_usd, sum.reserved_usd, sum.calls)));
    sums
}

/// A dry run takes nothing where the call would; of a route that is gone, nobody can say.
fn can_be_billed(usage: &Usage, routes: &RouteTable) -> bool {
    let Some(route) = routes.by_name(&usage.route) else { return true };
    let has_money = usage.charged.plus(usage.reserved) > Usd::ZERO;
    let takes = usage.takes || route.places == PlacesRule::None;
    // What has money is a call, whatever the route table has become since.
    has_money || (route.is_billable() && takes)
}

impl UsageView {
    fn nothing(key: String) -> Self {
        Self {
            key,
            name: None,
            calls: 0,
            images: 0,
            cost_usd: Usd::ZERO,
            reserved_usd: Usd::ZERO,
            reads: 0,
        }
    }
}
