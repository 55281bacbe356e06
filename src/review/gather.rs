//! Reads the facts.

use super::facts::{Facts, KeyFacts, OldSecret, RefusedRoute, TokenFacts, UsedRoute};
use crate::{
    config::Settings,
    domain::{
        Action, EnvironmentName, PlacesRule, RecordBody, RouteName, Timestamp, Token, TokenId,
        TokenState, Usd,
    },
    store::{Reader, RouteUse, SealedRecord, StoreError},
    tokens::{SecretStanding, Tokens},
};
use std::{collections::BTreeMap, sync::Arc};

/// Where facts come from.
///
/// Nothing is written to any of them.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The record.
    pub reader: Reader,
    /// The tokens.
    pub tokens: Tokens,
    /// Routes, environments and limits.
    pub settings: Arc<Settings>,
    /// Groups of environments that use one key.
    pub shared_keys: Vec<Vec<EnvironmentName>>,
}

impl Facts {
    /// Reads the facts of all tokens that can be used at `now`, with uses since then. Blocks.
    ///
    /// It reads the whole record of that time in one pass, and a little for each token. Tokens that are
    /// disabled, revoked or ended are left out. It is an error if the record cannot be read.
    pub fn gather(sources: &Sources, since: Timestamp, now: Timestamp) -> Result<Self, StoreError> {
        let Sources { reader, tokens, settings, shared_keys } = sources;
        let mut used = uses(settings, reader.route_uses(since)?);
        let mut refused: BTreeMap<TokenId, Vec<RefusedRoute>> = BTreeMap::new();
        for found in reader.refused_uses(since)? {
            let route = RefusedRoute {
                route: found.route,
                refusals: found.refusals,
                last_at: found.last_at,
            };
            refused.entry(found.token).or_default().push(route);
        }
        let alive =
            |token: &Arc<Token>| token.state == TokenState::Enabled && token.expires_at > now;
        let alive = tokens.list().into_iter().filter(alive);
        let facts = alive.map(|token| {
            let UsedRights { routes, spent } = used.remove(&token.id).unwrap_or_default();
            let refused = refused.remove(&token.id).unwrap_or_default();
            let secrets = tokens.secrets(&token.id);
            let seen = routes.iter().map(|used| used.last_at);
            let last_call = seen.chain(refused.iter().map(|one| one.last_at)).max();
            let recorded = match last_call {
                Some(last) => Some(last),
                // Only for those not seen in the window: it reads backwards until it finds something.
                None => reader.last_seen(&token.id)?,
            };
            let remembered = secrets.iter().filter_map(|secret| secret.used_at).max();
            Ok(TokenFacts {
                old_secret: old_secret(reader, &token.id, &secrets, now)?,
                last_seen: recorded.max(remembered),
                used: routes,
                refused,
                spent,
                token,
            })
        });
        Ok(Self {
            now,
            since,
            record_begins: reader.record_begins()?,
            tokens: facts.collect::<Result<_, StoreError>>()?,
            keys: keys(settings, &reader.changes(Action::KeyAdopt)?),
            shared_keys: shared_keys.clone(),
        })
    }
}

/// What a token used.
#[derive(Default)]
struct UsedRights {
    /// The routes it called.
    routes: Vec<UsedRoute>,
    /// What it spent, by the day.
    spent: BTreeMap<Timestamp, Usd>,
}

/// Adds up days for routes, and routes for days.
fn uses(settings: &Settings, found: Vec<RouteUse>) -> BTreeMap<TokenId, UsedRights> {
    let mut all: BTreeMap<TokenId, UsedRights> = BTreeMap::new();
    for one in found {
        // The record does not name a dry run: it is a call without places on a route that takes some.
        let is_quote = !one.takes_places && takes_places(settings, &one.route);
        let used = all.entry(one.token).or_default();
        let spent = used.spent.entry(one.day).or_default();
        *spent = spent.plus(one.spent);
        let same = |route: &&mut UsedRoute| route.route == one.route && route.is_quote == is_quote;
        match used.routes.iter_mut().find(same) {
            Some(route) => {
                route.calls += one.calls;
                route.last_at = route.last_at.max(one.last_at);
            }
            None => used.routes.push(UsedRoute {
                route: one.route,
                is_quote,
                calls: one.calls,
                last_at: one.last_at,
            }),
        }
    }
    all
}

/// Says whether a route has a dry run, and takes places when it is no dry run.
fn takes_places(settings: &Settings, route: &RouteName) -> bool {
    let found = settings.routes.by_name(route);
    found.is_some_and(|route| {
        route.quote && !matches!(route.places, PlacesRule::None | PlacesRule::Fixed(0))
    })
}

/// Returns the older of two secrets that both work; `None` where there is only one.
fn old_secret(
    reader: &Reader,
    token: &TokenId,
    secrets: &[SecretStanding],
    now: Timestamp,
) -> Result<Option<OldSecret>, StoreError> {
    let mut alive = secrets.iter().filter(|one| one.secret.is_alive(now)).rev();
    let (Some(newest), Some(old)) = (alive.next(), alive.next()) else { return Ok(None) };
    let last_used = match old.used_at {
        Some(used_at) => Some(used_at),
        None => reader.secret_last_used(token, &old.secret)?,
    };
    Ok(old.secret.ends_at.map(|ends_at| OldSecret {
        number: old.secret.number,
        ends_at,
        last_used,
        replaced_at: newest.secret.made_at,
    }))
}

/// Returns the keys in service: for each environment the one that was taken last, since when it was
/// taken without another in between.
fn keys(settings: &Settings, newest_first: &[SealedRecord]) -> Vec<KeyFacts> {
    let mut keys: Vec<KeyFacts> = Vec::new();
    for environment in settings.environments.keys() {
        let mut own = newest_first.iter().filter(|record| names(record, environment));
        let Some(last) = own.next() else { continue };
        let same = |record: &&SealedRecord| is_same_key(record, last);
        let first = own.take_while(same).last().unwrap_or(last);
        let (name, adopted_at) = (last.record.resource.to_string(), first.record.at);
        let same = |key: &&mut KeyFacts| key.name == name && key.adopted_at == adopted_at;
        if let Some(key) = keys.iter_mut().find(same) {
            key.environments.push(environment.clone());
        } else {
            keys.push(KeyFacts { name, environments: vec![environment.clone()], adopted_at });
        }
    }
    keys
}

/// Says whether a record is about a key of an environment.
fn names(record: &SealedRecord, environment: &EnvironmentName) -> bool {
    let RecordBody::Admin(change) = &record.record.body else { return false };
    let named = change.after["environments"].as_array();
    named.is_some_and(|all| all.iter().any(|name| name == environment.as_str()))
}

/// Says whether two records are about one key: by its last four characters and its tag.
fn is_same_key(one: &SealedRecord, other: &SealedRecord) -> bool {
    let tag = |record: &SealedRecord| match &record.record.body {
        RecordBody::Admin(change) => change.after["fingerprint"].as_str().map(str::to_owned),
        _ => None,
    };
    one.record.resource == other.record.resource && tag(one) == tag(other)
}
