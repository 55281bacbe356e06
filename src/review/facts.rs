//! What a review knows, and nothing else.

use crate::domain::{EnvironmentName, RouteName, Timestamp, Token, Usd};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Everything that is judged.
///
/// Judging looks at nothing else, so that findings can be tested without a record.
#[derive(Debug, Clone)]
pub struct Facts {
    /// When it is.
    pub now: Timestamp,
    /// Since when uses were counted.
    pub since: Timestamp,
    /// When the record begins; `None` when there is none.
    pub record_begins: Option<Timestamp>,
    /// The tokens that can be used now.
    pub tokens: Vec<TokenFacts>,
    /// The keys in service whose age is on record.
    pub keys: Vec<KeyFacts>,
    /// Groups of environments that use one key.
    pub shared_keys: Vec<Vec<EnvironmentName>>,
}

/// What is known of a token.
///
/// Of its secrets only numbers and times are among it.
#[derive(Debug, Clone)]
pub struct TokenFacts {
    /// The token.
    pub token: Arc<Token>,
    /// What it called since then.
    pub used: Vec<UsedRoute>,
    /// Where it was refused since then although it had the right.
    pub refused: Vec<RefusedRoute>,
    /// What it spent since then, by the day.
    pub spent: BTreeMap<Timestamp, Usd>,
    /// When it was last seen, however long ago.
    pub last_seen: Option<Timestamp>,
    /// The secret that a newer one replaces, while both work.
    pub old_secret: Option<OldSecret>,
}

/// A route that a token called.
///
/// Only calls that were sent count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedRoute {
    /// The route.
    pub route: RouteName,
    /// Whether only its dry run was asked for.
    pub is_quote: bool,
    /// How often.
    pub calls: u64,
    /// When last.
    pub last_at: Timestamp,
}

/// A route on which a token was refused.
///
/// It was not refused for its rights, so it still needs the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRoute {
    /// The route.
    pub route: RouteName,
    /// How often.
    pub refusals: u64,
    /// When last.
    pub last_at: Timestamp,
}

/// A secret that still works although there is a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OldSecret {
    /// Its number.
    pub number: u32,
    /// When it ends.
    pub ends_at: Timestamp,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// When the newer one was made.
    pub replaced_at: Timestamp,
}

/// What is known of a key of Ideogram's.
///
/// It holds the last four characters of the key at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// `account/version`.
    pub name: String,
    /// The environments that use it now.
    pub environments: Vec<EnvironmentName>,
    /// When it was taken into service.
    pub adopted_at: Timestamp,
}

impl Facts {
    /// Returns since when a token was watched: it cannot have been used before it was made, nor seen
    /// before the record began.
    ///
    /// Without a record it was not watched at all.
    pub(super) fn watched_since(&self, token: &Token) -> Timestamp {
        let begins = self.record_begins.unwrap_or(self.now);
        self.since.max(token.created_at).max(begins)
    }

    /// Says whether a token was watched for the whole time.
    ///
    /// An hour less still counts as the whole time.
    pub(super) fn is_watched_long(&self, token: &Token) -> bool {
        // The record begins with the first token, a moment after the window if that is exact.
        self.watched_since(token).since(self.since) < Duration::from_hours(1)
    }
}

impl TokenFacts {
    /// Returns how many calls it made.
    pub(super) fn calls(&self) -> u64 {
        self.used.iter().map(|used| used.calls).sum()
    }

    /// Returns all it spent.
    pub(super) fn total(&self) -> Usd {
        self.spent.values().copied().sum()
    }

    /// Returns the most it spent on a day.
    pub(super) fn dearest_day(&self) -> Usd {
        self.spent.values().copied().max().unwrap_or_default()
    }
}
