//! What operators see of keys.
//!
//! Of a key only its last four characters are shown, anywhere.

use super::{
    Keys,
    key_history::KeyEntry,
    managed_slot::{ManagedSlot, RefusedKey},
};
use crate::{
    accounts::{KeyHealth, ServingKey},
    domain::{AccountName, EnvironmentName, Timestamp},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most retired keys that are listed.
const MOST_RETIRED: usize = 20;

/// A key, as far as anybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyView {
    /// The environments that use it.
    pub environments: Vec<String>,
    /// The account it belongs to.
    pub account: String,
    /// Its last four characters, as in `…abcd`.
    pub version: String,
    /// Where it comes from.
    pub source: String,
    /// `current`, `next`, `draining`, `rejected`, `refused`, `waiting` or `retired`.
    pub state: String,
    /// Since when it is that, RFC 3339.
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
    /// When a call was last sent with it, as far as this run knows.
    #[schema(value_type = Option<String>)]
    pub last_used: Option<Timestamp>,
    /// The calls that use it now.
    pub in_flight: usize,
    /// Environments that have the same key from elsewhere.
    pub shared_with: Vec<String>,
    /// Whether it may be revoked at Ideogram: nobody here uses it any more, and that is on record.
    pub safe_to_revoke: bool,
    /// Why it is in this state, where that is not plain.
    pub note: Option<String>,
}

/// What Ideogram says of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerifiedView {
    /// The environments that use it.
    pub environments: Vec<String>,
    /// The account it belongs to.
    pub account: String,
    /// Its last four characters.
    pub version: String,
    /// `current` or `next`.
    pub state: String,
    /// `good`, `rejected` or `unclear`.
    pub verdict: String,
    /// What came instead of a clear answer.
    pub note: Option<String>,
}

/// What a rotation came to for the environments of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RotatedView {
    /// The environments.
    pub environments: Vec<String>,
    /// Their account.
    pub account: String,
    /// `switched`, `unchanged`, `refused`, `unclear` or `fixed`.
    pub outcome: String,
    /// The key that new calls use now.
    pub current: String,
    /// The key that they used before, when it was switched.
    pub previous: Option<String>,
    /// What happened, as a sentence.
    pub words: String,
}

impl Keys {
    /// Returns all keys: by slot, then those that drain, then the 20 that were retired last.
    fn all(&self) -> Vec<KeyView> {
        let mut all: Vec<_> = self.kept().iter().flat_map(of_slot).collect();
        let state = self.state();
        let draining = state.draining.iter().map(|one| {
            let mut view = serving_view(&one.kept, &one.key, "draining");
            let drained_by = one.kept.slot.current(|key| key.version().to_owned());
            view.note = Some(format!("replaced by {drained_by}; waits for its last call"));
            view
        });
        all.extend(draining);
        let mut retired: Vec<_> = state.book.iter().filter_map(retired).collect();
        retired.sort_by_key(|view| std::cmp::Reverse(view.since));
        retired.truncate(MOST_RETIRED);
        all.extend(retired);
        all
    }

    /// Lists all keys: those in service, those that wait, those that were refused or retired.
    ///
    /// A key is safe to revoke only where that is said: its last call ended, its connections are closed, and
    /// the retirement is on record.
    pub fn list(&self) -> Vec<KeyView> {
        let mut all = self.all();
        for view in &mut all {
            if !matches!(view.state.as_str(), "current" | "rejected") {
                continue;
            }
            let own: Option<EnvironmentName> =
                view.environments.first().and_then(|name| name.parse().ok());
            let others = own.map(|own| self.sharing(&own)).unwrap_or_default();
            let others = others.iter().map(ToString::to_string);
            view.shared_with = others.filter(|name| !view.environments.contains(name)).collect();
        }
        all
    }
}

/// Returns the keys of a slot: current, next, the one that waits and the one that was refused.
fn of_slot(kept: &Arc<ManagedSlot>) -> Vec<KeyView> {
    let mut views = vec![kept.slot.current(|key| serving_view(kept, key, "current"))];
    views.extend(kept.slot.next(|key| serving_view(kept, key, "next")));
    let seen = kept.seen();
    views[0].since = views[0].since.or(seen.since[0]);
    if let Some(next) = views.get_mut(1) {
        next.since = next.since.or(seen.since[1]);
    }
    views.extend(seen.waiting.as_ref().map(|waiting| {
        let mut view = serving_view(kept, &waiting.key, "waiting");
        view.source = kept.source(waiting.place).map(ToString::to_string).unwrap_or_default();
        view.note = Some(format!("not tried yet: {}; tried again by itself", waiting.reason));
        view
    }));
    views.extend(seen.refused.as_ref().map(|refused| refused_view(kept, refused)));
    views
}

/// Returns a key that can be used. A current one that Ideogram rejects is `rejected`.
fn serving_view(kept: &ManagedSlot, key: &Arc<ServingKey>, state: &str) -> KeyView {
    let source = match (state, &kept.next) {
        ("next", Some(next)) => next,
        _ => &kept.source,
    };
    let blank = blank(&kept.account, &kept.environments, key.version());
    let view = KeyView {
        source: source.to_string(),
        state: state.to_owned(),
        last_used: key.last_used(),
        in_flight: key.in_use(),
        ..blank
    };
    match key.health() {
        KeyHealth::Rejected { since } if state == "current" => KeyView {
            state: "rejected".to_owned(),
            since: Some(since),
            note: Some("Ideogram rejects it; calls are refused until it is exchanged".to_owned()),
            ..view
        },
        _ => view,
    }
}

/// Returns a view that says nothing yet.
fn blank(account: &AccountName, environments: &[EnvironmentName], version: &str) -> KeyView {
    KeyView {
        environments: environments.iter().map(ToString::to_string).collect(),
        account: account.to_string(),
        version: version.to_owned(),
        source: String::new(),
        state: String::new(),
        since: None,
        last_used: None,
        in_flight: 0,
        shared_with: Vec::new(),
        safe_to_revoke: false,
        note: None,
    }
}

/// Returns a key that was refused.
fn refused_view(kept: &ManagedSlot, refused: &RefusedKey) -> KeyView {
    KeyView {
        source: kept.source(refused.place).map(ToString::to_string).unwrap_or_default(),
        state: "refused".to_owned(),
        since: Some(refused.at),
        note: Some(refused.reason.to_string()),
        ..blank(&kept.account, &kept.environments, &refused.version)
    }
}

/// Returns a key that was retired; `None` for any other.
fn retired(((account, _), known): (&(AccountName, Box<str>), &KeyEntry)) -> Option<KeyView> {
    let retired = known.retired.as_ref()?;
    Some(KeyView {
        state: "retired".to_owned(),
        since: Some(retired.at),
        last_used: retired.last_used,
        safe_to_revoke: retired.on_record,
        note: retired.replaced_by.as_ref().map(|by| format!("replaced by {by}")),
        ..blank(account, &known.environments, &known.version)
    })
}
