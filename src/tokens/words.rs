//! What a token may and may not do, in sentences.

use crate::domain::{Scope, ScopeGrant, Token};
use std::fmt::Display;

/// Returns the sentences that an operator reads before the token is shown: what it may do, how much
/// of it, from where, and what it may not do.
pub fn least_privilege_words(token: &Token) -> Vec<String> {
    let mut allowed = words_of(token, true);
    if polls_only_own(token) {
        allowed.push("poll the generations that it makes");
    }
    let mut sentences = vec![format!("may {}{}.", list(&allowed, "and"), conditions(token))];
    sentences.extend(limited(token));
    sentences.push(money(token));
    sentences.push(whence(token));
    sentences.push(format!(
        "works in environment {} until {:.10}, then never again.",
        token.environment,
        token.expires_at.to_string()
    ));
    sentences.extend(forbidden(token));
    sentences
}

/// Says whether the token polls what it makes without the scope for all of its owner's.
fn polls_only_own(token: &Token) -> bool {
    token.scopes.polls_own() && !token.scopes.allows(Scope::ReadGenerations)
}

fn words_of(token: &Token, allowed: bool) -> Vec<&'static str> {
    let wanted = |scope: &&Scope| token.scopes.allows(**scope) == allowed;
    Scope::ALL.iter().filter(wanted).map(|scope| scope.in_words()).collect()
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
    conditions.extend(limits.queue_timeout.map(|span| {
        format!("waiting in the queue for {} at most", humantime::format_duration(span))
    }));
    conditions.into_iter().fold(String::new(), |all, one| all + ", " + &one)
}

fn limited(token: &Token) -> Option<String> {
    let is_limited = token.scopes.grants().any(|grant| grant == ScopeGrant::WriteLimited);
    is_limited.then(|| {
        format!(
            "spends only within the limited set that the settings name under \
             [environments.{}.limited].",
            token.environment
        )
    })
}

fn money(token: &Token) -> String {
    let spends = token.scopes.grants().any(|grant| !grant.to_string().starts_with("read:"));
    if !spends {
        return "may not spend a cent.".to_owned();
    }
    let (day, month) = (token.limits.daily_budget, token.limits.monthly_budget);
    match (day, month) {
        (Some(day), Some(month)) => format!("may spend up to ${day} a day and ${month} a month."),
        (Some(day), None) => format!("may spend up to ${day} a day."),
        (None, Some(month)) => format!("may spend up to ${month} a month."),
        (None, None) => "has no budget of its own; only its environment's may stop it.".into(),
    }
}

fn whence(token: &Token) -> String {
    if token.limits.cidrs.is_empty() {
        "works from any address.".to_owned()
    } else {
        format!("works only from {}.", list(&token.limits.cidrs, "and"))
    }
}

fn forbidden(token: &Token) -> Vec<String> {
    let mut forbidden = words_of(token, false);
    if polls_only_own(token) {
        forbidden.retain(|words| *words != Scope::ReadGenerations.in_words());
    }
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
