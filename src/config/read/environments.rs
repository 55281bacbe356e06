//! `[environments.NAME]`
//!
//! An environment limits what its tokens may be granted. It refers to accounts, routes and the queue, which
//! are read before it.

use super::{accounts::ReadAccounts, limits::network};
use crate::{
    config::{
        names::{name, there_is_none},
        nearest::nearest,
        routes::route_name,
        section::{InvalidValue, Notes, Section},
        settings::{EnvironmentSettings, Limited, Policy, QueueSettings},
        tree::{Node, join},
        values::{boolean, list, money, span, text, whole, written},
    },
    domain::{AccountName, EnvironmentName, RouteTable, Scope, ScopeGrant, ScopeSet},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// What environments refer to.
///
/// What could not be read is absent, and is then not held against the environments.
pub(super) struct Around<'a> {
    /// The accounts, with those that hold mistakes.
    pub(super) accounts: &'a ReadAccounts,
    /// The queue, for its longest wait.
    pub(super) queue: Option<&'a QueueSettings>,
    /// The route table, for names of routes.
    pub(super) routes: Option<&'a RouteTable>,
    /// Where mistakes are noted.
    pub(super) notes: &'a Notes,
}

/// The environments, and the variables that hold their keys where that was said.
pub(super) type EnvironmentSections =
    (BTreeMap<EnvironmentName, Arc<EnvironmentSettings>>, BTreeMap<EnvironmentName, Box<str>>);

/// Reads all of `[environments]`. `None` means that mistakes were noted.
///
/// The environments are also held against each other: together they reserve no more places of an account
/// than its cap.
pub(super) fn environments(
    sections: Vec<(Box<str>, Section<'_>)>,
    around: &Around<'_>,
) -> Option<EnvironmentSections> {
    let mut read = Vec::new();
    for (key, section) in sections {
        let path = join("environments", &key);
        let name = name::<EnvironmentName>(&path, &key, around.notes);
        complain_about_file_name(&path, &key, around.notes);
        read.push(name.zip(environment(section, &path, around)));
    }
    // Before the `?` below: those that were read are held against each other although one holds a mistake.
    complain_about_reservations(&read, around);
    let (mut environments, mut variables) = (BTreeMap::new(), BTreeMap::new());
    for entry in read {
        let (name, (environment, variable)) = entry?;
        variables.extend(variable.map(|variable| (name.clone(), variable)));
        environments.insert(name, Arc::new(environment));
    }
    Some((environments, variables))
}

/// An environment with its name, and the variable of its key where that was said.
type EnvironmentEntry = (EnvironmentName, (EnvironmentSettings, Option<Box<str>>));

/// Reads one environment, and the variable that holds its key where that was said.
///
/// It must not wait longer than the queue's longest wait, and a grant of `write:limited` needs limits.
fn environment(
    mut section: Section<'_>,
    path: &str,
    around: &Around<'_>,
) -> Option<(EnvironmentSettings, Option<Box<str>>)> {
    let enabled = section.read("enabled", boolean);
    let account = section.read("account", |node| account(node, around.accounts));
    let key = section.optional("key", variable);
    let scopes = section.read("scopes", list(grant));
    let weight = section.read("weight", whole(1, 1_000));
    let reserved_places = section.read("reserved_places", whole(0, 10_000));
    let queue_timeout = section.optional("queue_timeout", span(Duration::ZERO));
    let daily_budget = section.optional("daily_budget", money);
    let monthly_budget = section.optional("monthly_budget", money);
    let token_lifetime = section.read("token_lifetime", span(Duration::from_mins(1)));
    let recover_answers = section.read("recover_answers", boolean);
    let policy = policy(section.table("policy"));
    let limited = limited(section.table("limited"), around);
    section.end();
    if let (Some(grants), Some(limited)) = (&scopes, &limited) {
        complain_about_no_limits(path, grants, limited, around.notes);
    }
    if let (Some(Some(wait)), Some(queue)) = (queue_timeout, around.queue)
        && wait > queue.max_timeout
    {
        let path = join(path, "queue_timeout");
        around.notes.complain(&path, "must not be longer than queue.max_timeout");
    }
    // No `?` above: each value must be read, or a mistake in one would hide those in others.
    let environment = EnvironmentSettings {
        enabled: enabled?,
        account: account?,
        scopes: scopes?.into_iter().collect::<ScopeSet>(),
        weight: weight?,
        reserved_places: reserved_places?,
        queue_timeout: queue_timeout?,
        daily_budget: daily_budget?,
        monthly_budget: monthly_budget?,
        token_lifetime: token_lifetime?,
        recover_answers: recover_answers?,
        policy: policy?,
        limited: limited?,
    };
    Some((environment, key?))
}

/// Reads the rules for all tokens. A list that is absent becomes an empty one, which rules nothing.
fn policy(mut section: Section<'_>) -> Option<Policy> {
    let max_images = section.optional("max_images", whole(1, 8));
    let max_places = section.optional("max_places", whole(1, 10_000));
    let requests_per_minute = section.optional("requests_per_minute", whole(1, 1_000_000));
    let models = section.optional("models", list(word));
    let speeds = section.optional("speeds", list(word));
    let webhook_hosts = section.optional("webhook_hosts", list(host));
    let image_hosts = section.optional("image_hosts", list(host));
    let cidrs = section.optional("cidrs", list(network));
    section.end();
    Some(Policy {
        max_images: max_images?,
        max_places: max_places?,
        requests_per_minute: requests_per_minute?,
        models: models?.unwrap_or_default(),
        speeds: speeds?.unwrap_or_default(),
        webhook_hosts: webhook_hosts?.unwrap_or_default(),
        image_hosts: image_hosts?.unwrap_or_default(),
        cidrs: cidrs?.unwrap_or_default(),
    })
}

/// Reads a word of a list.
fn word(node: &Node) -> Result<String, InvalidValue> {
    text(node).map(String::from)
}

/// Reads a host name of a list; it comes in lower case.
fn host(node: &Node) -> Result<String, InvalidValue> {
    super::listen::host(node).map(String::from)
}

/// Reads the limits of `write:limited`. Routes that are named must be there.
fn limited(mut section: Section<'_>, around: &Around<'_>) -> Option<Limited> {
    let routes = section.optional("routes", list(|node| route_name(node, around.routes)));
    let speeds = section.optional("speeds", list(text));
    let max_images = section.optional("max_images", whole(1, 8));
    let daily_budget = section.optional("daily_budget", money);
    section.end();
    Some(Limited {
        routes: routes?.unwrap_or_default(),
        speeds: speeds?.unwrap_or_default(),
        max_images: max_images?,
        daily_budget: daily_budget?,
    })
}

/// Reads the name of an account that the settings have, with or without mistakes.
fn account(node: &Node, accounts: &ReadAccounts) -> Result<AccountName, InvalidValue> {
    let word = written(node).unwrap_or_default();
    let found = accounts.contains_key(word).then(|| word.parse().ok()).flatten();
    found.ok_or_else(|| {
        let known: Vec<Box<str>> = accounts.keys().cloned().collect();
        node.reject(there_is_none("account", word, &known))
    })
}

/// Reads a scope or a wildcard of scopes.
fn grant(node: &Node) -> Result<ScopeGrant, InvalidValue> {
    let word = written(node).unwrap_or_default();
    word.parse().map_err(|_| {
        let wildcards = ["read:*", "write:*", "write:limited"];
        let known = Scope::ALL.iter().map(|scope| scope.as_str()).chain(wildcards);
        match nearest(word, known) {
            Some(near) => node.reject(format!("is no scope; did you mean {near}?")),
            None => node.reject("must be a scope like \"write:generate\", or \"read:*\""),
        }
    })
}

/// Reads the name of a variable: upper case, digits and `_`.
fn variable(node: &Node) -> Result<Box<str>, InvalidValue> {
    let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let name = written(node).filter(|name| name.chars().all(allowed));
    // What does not look like a name may be a key, so it is not shown.
    name.filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase())).map_or_else(
        || Err(node.reject_unseen("must name a variable, like \"IDEOGRAM_API_KEY_TEAM_A\"")),
        |name| Ok(name.into()),
    )
}

/// Notes an environment whose usual variable would read as another one's file, or as another one's next
/// key.
fn complain_about_file_name(path: &str, key: &str, notes: &Notes) {
    if key.rsplit(['-', '.']).next() == Some("file") {
        let problem = "must not end in \"file\", for IDEOGRAM_API_KEY_…_FILE names a file";
        notes.complain(path, problem);
    }
    if key.rsplit(['-', '.']).next() == Some("next") {
        let problem =
            "must not end in \"next\", for IDEOGRAM_API_KEY_…_NEXT is the key that comes next";
        notes.complain(path, problem);
    }
}

/// Notes a grant of `write:limited` that nothing limits.
fn complain_about_no_limits(path: &str, grants: &[ScopeGrant], limited: &Limited, notes: &Notes) {
    if limited.is_open() && grants.contains(&ScopeGrant::WriteLimited) {
        let problem = format!("write:limited needs limits: give some in [{path}.limited]");
        notes.complain(&join(path, "scopes"), problem);
    }
}

/// Notes reservations that are larger together than their account's cap, once an account, at the last
/// environment that reserves.
fn complain_about_reservations(entries: &[Option<EnvironmentEntry>], around: &Around<'_>) {
    for (account, limits) in around.accounts.values().flatten() {
        let entries = entries.iter().flatten().map(|(name, (environment, _))| (name, environment));
        if let Some((path, problem)) = reserved_beyond(account, limits.max_in_flight, entries) {
            around.notes.complain(&path, problem);
        }
    }
}

/// Returns what is wrong with the places that environments reserve of an account together, and the key of the
/// last one that does.
pub(in crate::config) fn reserved_beyond<'e>(
    account: &AccountName,
    cap: u32,
    entries: impl Iterator<Item = (&'e EnvironmentName, &'e EnvironmentSettings)>,
) -> Option<(String, String)> {
    let reserving = entries.filter(|(_, own)| own.account == *account && own.reserved_places > 0);
    let (mut sum, mut last) = (0, None);
    for (name, environment) in reserving {
        sum += u64::from(environment.reserved_places);
        last = Some(name);
    }
    let last = last.filter(|_| sum > u64::from(cap))?;
    let path = join(&join("environments", last.as_str()), "reserved_places");
    let problem = format!(
        "the environments of account {account} reserve {sum} places together, but its \
         max_in_flight is {cap}"
    );
    Some((path, problem))
}
