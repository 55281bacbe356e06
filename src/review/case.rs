//! One token under review.

use super::{
    facts::{Facts, TokenFacts},
    finding::{Evidence, Finding, Severity},
};
use crate::{
    config::{EnvironmentSettings, Settings},
    domain::{Timestamp, Token},
};

/// One token under review.
///
/// It lends the facts; judging changes none of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'f> {
    /// All that is known.
    pub(super) facts: &'f Facts,
    /// What counts as too much.
    pub(super) settings: &'f Settings,
    /// The token itself.
    pub(super) token: &'f Token,
    /// What its calls tell of it.
    pub(super) seen: &'f TokenFacts,
    /// `None` when it was taken out of the settings.
    pub(super) environment: Option<&'f EnvironmentSettings>,
}

impl Case<'_> {
    /// What costs nothing and reaches nobody weighs little.
    pub(super) fn weigh(&self, finding: Finding) -> Finding {
        let severity = if self.is_real() { finding.severity } else { Severity::Info };
        Finding { severity, ..finding }
    }

    /// Says whether its calls reach Ideogram, and not the simulator.
    pub(super) fn is_real(&self) -> bool {
        let account = self.environment.and_then(|own| self.settings.accounts.get(&own.account));
        account.is_some_and(|account| account.base_url.is_some())
    }

    /// Says whether the token belongs to production.
    pub(super) fn is_production(&self) -> bool {
        self.settings.review.production.contains(&self.token.environment)
    }

    /// Returns the severity, or less if the token was not watched for the whole time.
    ///
    /// What was seen for a short time may look different later.
    pub(super) fn if_watched_long(&self, severity: Severity) -> Severity {
        if self.facts.is_watched_long(self.token) { severity } else { severity.lowered() }
    }

    /// Returns the evidence, in the same words for all that concerns a token.
    ///
    /// It says so where the time was shorter than what was asked for.
    pub(super) fn evidence(&self, items: Vec<String>, words: &str) -> Evidence {
        let watched_since = self.facts.watched_since(self.token);
        let (calls, last_used_at) = (self.seen.calls(), self.seen.last_seen);
        let short = if self.facts.is_watched_long(self.token) {
            ""
        } else {
            ", which is short of the time asked for"
        };
        let last = last_used_at.map_or_else(|| "never".to_owned(), day);
        let words =
            format!("{words}; {calls} calls since {}{short}; last used {last}", day(watched_since));
        Evidence { watched_since, calls, last_used_at, items, words }
    }
}

/// Returns the UTC day of a moment.
pub(super) fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}
