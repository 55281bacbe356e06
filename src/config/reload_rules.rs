//! Which settings are taken while the gateway runs, and which wait for a restart.

use super::settings::Settings;
use std::collections::BTreeSet;

/// The keys of an account that are taken while the gateway runs.
const ACCOUNT: [&str; 3] = ["max_in_flight", "daily_budget", "monthly_budget"];

/// The sections that are taken whole.
const SECTIONS: [&str; 6] = ["queue", "tokens", "review", "notify", "routes", "prices"];

/// The keys of `[audit]` that are taken while the gateway runs.
const AUDIT: [&str; 4] = ["client_addr", "keep", "archive_keep", "archive_dir"];

/// What waits for a restart as a whole: new accounts, accounts that are gone, and new environments of new accounts.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    accounts: BTreeSet<Box<str>>,
    environments: BTreeSet<Box<str>>,
}

/// What becomes of a key whose value differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is taken.
    Live,
    /// It keeps its value until a restart, which is told under this name.
    Restart(Box<str>),
}

impl Waiting {
    /// Compares the names of accounts and environments.
    pub(super) fn between(old: &Settings, new: &Settings) -> Self {
        let mut waiting = Self::default();
        let added = new.accounts.keys().filter(|name| !old.accounts.contains_key(*name));
        let gone = old.accounts.keys().filter(|name| !new.accounts.contains_key(*name));
        waiting.accounts.extend(added.chain(gone).map(|name| name.as_str().into()));
        // An account that is gone stays, so that only new ones are not there.
        let stranded = new
            .environments
            .iter()
            .filter(|(_, environment)| !old.accounts.contains_key(&environment.account));
        waiting.environments.extend(stranded.map(|(name, _)| name.as_str().into()));
        waiting
    }

    /// Says whether an environment stays as it was.
    pub(super) fn has_environment(&self, name: &str) -> bool {
        self.environments.contains(name)
    }

    /// Returns what becomes of a key; `stays` says whether an environment is set before and after.
    pub(super) fn fate(&self, key: &str, stays: impl Fn(&str) -> bool) -> Fate {
        let restart = |name: &str| Fate::Restart(name.into());
        let parts = segments(key);
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["accounts", name, ..] if self.accounts.contains(*name) => restart(&head(key)),
            ["accounts", _, own] if ACCOUNT.contains(own) => Fate::Live,
            ["environments", name, ..] if self.environments.contains(*name) => restart(&head(key)),
            ["environments", name, "key"] if stays(name) => restart(key),
            ["environments", ..] | ["log", "filter"] => Fate::Live,
            ["audit", own] if AUDIT.contains(own) => Fate::Live,
            [section, ..] if SECTIONS.contains(section) => Fate::Live,
            _ => restart(key),
        }
    }
}

/// Returns the first two names of a path of keys, as they are written.
fn head(key: &str) -> String {
    let mut parts = segments(key).into_iter();
    let section = parts.next().unwrap_or_default();
    super::tree::join(&section, &parts.next().unwrap_or_default())
}

/// Returns the names in a path of keys; one in quotes may hold dots.
fn segments(key: &str) -> Vec<String> {
    let (mut parts, mut is_quoted) = (vec![String::new()], false);
    for letter in key.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '.' if !is_quoted => parts.push(String::new()),
            letter => {
                if let Some(last) = parts.last_mut() {
                    last.push(letter);
                }
            }
        }
    }
    parts
}
