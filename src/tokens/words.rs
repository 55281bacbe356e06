//! What a token may and may not do, in sentences.

use super::spending;
use crate::{
    config::{EnvironmentSettings, Settings},
    domain::{Scope, Token, written_span},
};
use std::fmt::Display;

/// Returns the sentences that an operator reads before the token is shown: what it may do, how much
/// of it, from where, and what it may not do.
pub fn least_privilege_words(token: &Token, settings: &Settings) -> Vec<String> {
    let (mut allowed, mut forbidden) = by_scope(token, settings);
    if polls_only_own(token) {
        allowed.push("poll the generations that it makes");
    }
    let mut sentences = vec![format!("may {}{}.", list(&allowed, "and"), conditions(token))];
    let environment = settings.environments.get(&token.environment);
    sentences.extend(environment.and_then(|environment| limited(token, environment)));
    sentences.push(spending::sentence(token, settings));
    sentences.push(whence(token));
    sentences.push(format!(
        "works in environment {} and expires on {:.10}.",
        token.environment,
        token.expires_at.to_string()
    ));
    if polls_only_own(token) {
        forbidden.retain(|words| *words != Scope::ReadGenerations.describe());
    }
    sentences.extend(refused(token, forbidden));
    sentences
}

/// Says whether the token polls what it makes without the scope for all of its owner's.
fn polls_only_own(token: &Token) -> bool {
    token.scopes.polls_own() && !token.scopes.allows(Scope::ReadGenerations)
}

/// Returns what the scopes allow and what they do not. Where `write:limited` alone allows a scope, one of
/// its routes must need that scope.
fn by_scope(token: &Token, settings: &Settings) -> (Vec<&'static str>, Vec<&'static str>) {
    let routes = settings.environments.get(&token.environment).map(|own| &own.limited.routes);
    let is_in_set = |scope: Scope| {
        routes.is_none_or(|names| {
            let mut scopes = names.iter().filter_map(|name| settings.routes.by_name(name)?.scope);
            names.is_empty() || scopes.any(|needed| needed == scope)
        })
    };
    let is_allowed = |scope: &Scope| {
        token.scopes.allows(*scope)
            && (!token.scopes.allows_only_limited(*scope) || is_in_set(*scope))
    };
    let (allowed, forbidden): (Vec<_>, Vec<_>) =
        Scope::ALL.iter().copied().partition(|scope| is_allowed(scope));
    let describe = |scopes: Vec<Scope>| scopes.into_iter().map(Scope::describe).collect();
    (describe(allowed), describe(forbidden))
}

fn conditions(token: &Token) -> String {
    let limits = &token.limits;
    let mut conditions = Vec::new();
    if !limits.models.is_empty() {
        conditions.push(format!("with the models {}", list(&limits.models, "and")));
    }
    if !limits.speeds.is_empty() {
        conditions.push(format!("at the speeds {}", list(&limits.speeds, "and")));
    }
    conditions.extend(limits.max_images.map(|count| format!("up to {count} images a call")));
    conditions.extend(limits.max_places.map(|count| format!("up to {count} images at once")));
    conditions
        .extend(limits.requests_per_minute.map(|count| format!("up to {count} requests a minute")));
    conditions.extend(
        limits
            .queue_timeout
            .map(|span| format!("waiting in the queue for {} at most", written_span(span))),
    );
    conditions.into_iter().fold(String::new(), |all, one| all + ", " + &one)
}

/// Says what `write:limited` allows, if the token has it.
fn limited(token: &Token, environment: &EnvironmentSettings) -> Option<String> {
    if !spending::has_limited(token) {
        return None;
    }
    let words = limited_words(environment);
    Some(format!("has write:limited, which in environment {} means {words}.", token.environment))
}

/// Returns what `write:limited` means in an environment: its routes, speeds, images and budget.
pub fn limited_words(environment: &EnvironmentSettings) -> String {
    let limited = &environment.limited;
    let mut words = vec![match limited.routes.as_slice() {
        [] => "all write: routes".to_owned(),
        [one] => format!("the route {one} only"),
        routes => format!("the routes {} only", list(routes, "and")),
    }];
    if !limited.speeds.is_empty() {
        words.push(format!("at the speeds {}", list(&limited.speeds, "and")));
    }
    words.extend(limited.max_images.map(|count| match count {
        1 => "1 image a call".to_owned(),
        count => format!("up to {count} images a call"),
    }));
    words
        .extend(limited.daily_budget.map(|amount| format!("up to ${amount} a day for each token")));
    words.join(", ")
}

fn whence(token: &Token) -> String {
    if token.limits.cidrs.is_empty() {
        "works from any address.".to_owned()
    } else {
        format!("works only from {}.", list(&token.limits.cidrs, "and"))
    }
}

fn refused(token: &Token, mut forbidden: Vec<&'static str>) -> Vec<String> {
    if token.limits.webhook_hosts.is_empty() {
        forbidden.push("have results delivered to a webhook");
    }
    let hosts = list(&token.limits.webhook_hosts, "and");
    let webhooks = (!hosts.is_empty()).then(|| format!("may have results delivered to {hosts}."));
    let rest = (!forbidden.is_empty()).then(|| format!("may not {}.", list(&forbidden, "or")));
    webhooks.into_iter().chain(rest).collect()
}

fn list<T: Display>(items: &[T], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., end] => {
            let first: Vec<_> = first.iter().map(ToString::to_string).collect();
            format!("{} {last} {end}", first.join(", "))
        }
    }
}
