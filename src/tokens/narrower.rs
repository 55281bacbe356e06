//! What two versions of a token both allow.

use crate::domain::{ExtraBudget, ScopeSet, Token, TokenLimits, TokenState};
use ipnet::IpNet;

/// Returns the token as it is now, but with nothing that only one of the two versions may do, field by field
/// as [`wider`](super::wider()) compares them. Whoever answers for it stays; name and words are those of `other`.
///
/// Lists of which nothing is in both cannot be written down, since an empty one means everything: the token
/// keeps its own and is disabled.
pub fn narrower(now: &Token, other: &Token) -> Token {
    let mut token = Token {
        name: other.name.clone(),
        metadata: other.metadata.clone(),
        scopes: scopes(&now.scopes, &other.scopes),
        expires_at: now.expires_at.min(other.expires_at),
        unlimited: now.unlimited && other.unlimited,
        extra: extra(now.extra, other.extra),
        revoked_at: least(now.revoked_at, other.revoked_at),
        state: worse(now.state, other.state),
        ..now.clone()
    };
    match limits(&now.limits, &other.limits) {
        Some(limits) => token.limits = limits,
        None => token.state = worse(token.state, TokenState::Disabled),
    }
    token
}

/// Returns the state in which less is possible.
pub fn worse(one: TokenState, other: TokenState) -> TokenState {
    match (one, other) {
        (TokenState::Revoked, _) | (_, TokenState::Revoked) => TokenState::Revoked,
        (TokenState::Disabled, _) | (_, TokenState::Disabled) => TokenState::Disabled,
        (TokenState::Enabled, TokenState::Enabled) => TokenState::Enabled,
    }
}

fn scopes(one: &ScopeSet, other: &ScopeSet) -> ScopeSet {
    let under = |own: &ScopeSet, ceiling: &ScopeSet| {
        let above = own.above(ceiling);
        own.grants().filter(|grant| !above.contains(grant)).collect::<Vec<_>>()
    };
    under(one, other).into_iter().chain(under(other, one)).collect()
}

/// An amount counts for its own day alone; of two of one day, the smaller one.
fn extra(one: Option<ExtraBudget>, other: Option<ExtraBudget>) -> Option<ExtraBudget> {
    let (one, other) = (one?, other?);
    let amount = one.amount.min(other.amount);
    (one.day == other.day).then_some(ExtraBudget { amount, ..one })
}

/// `None` where nothing is in both of two lists.
fn limits(one: &TokenLimits, other: &TokenLimits) -> Option<TokenLimits> {
    let hosts = one.webhook_hosts.iter().filter(|host| other.webhook_hosts.contains(host));
    Some(TokenLimits {
        max_images: least(one.max_images, other.max_images),
        max_places: least(one.max_places, other.max_places),
        requests_per_minute: least(one.requests_per_minute, other.requests_per_minute),
        queue_timeout: least(one.queue_timeout, other.queue_timeout),
        daily_budget: least(one.daily_budget, other.daily_budget),
        monthly_budget: least(one.monthly_budget, other.monthly_budget),
        models: common(&one.models, &other.models, same)?,
        speeds: common(&one.speeds, &other.speeds, same)?,
        // Here an empty list is nothing.
        webhook_hosts: hosts.cloned().collect(),
        image_hosts: common(&one.image_hosts, &other.image_hosts, same)?,
        cidrs: common(&one.cidrs, &other.cidrs, smaller)?,
    })
}

/// A limit that is not there is none.
fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Returns what is in both lists, of which an empty one is everything.
fn common<T: Clone + PartialEq>(
    one: &[T],
    other: &[T],
    both: impl Fn(&T, &T) -> Option<T>,
) -> Option<Vec<T>> {
    let is_open = one.is_empty() || other.is_empty();
    let all: Vec<T> = if is_open {
        [one, other].concat()
    } else {
        one.iter().flat_map(|one| other.iter().filter_map(|other| both(one, other))).collect()
    };
    let mut found = Vec::new();
    for common in all {
        if !found.contains(&common) {
            found.push(common);
        }
    }
    (is_open || !found.is_empty()).then_some(found)
}

fn same(one: &String, other: &String) -> Option<String> {
    (one == other).then(|| one.clone())
}

fn smaller(one: &IpNet, other: &IpNet) -> Option<IpNet> {
    match (one.contains(other), other.contains(one)) {
        (true, _) => Some(*other),
        (_, true) => Some(*one),
        _ => None,
    }
}
