//! Taking rights away from a token. What this does can only narrow.

use super::{
    change::{TokenChange, find_not_revoked},
    error::TokensError,
    mistakes::RequestErrors,
    new_token::RequestError,
    service::Tokens,
    validate::{EnvironmentCeilings, budget, cidr, hosts, rate},
};
use crate::domain::{
    Action, Actor, Scope, ScopeGrant, ScopeSet, Timestamp, Token, TokenId, TokenLimits, Usd,
};
use serde::{Deserialize, Serialize};
use std::{fmt::Display, sync::Arc};
use utoipa::ToSchema;

/// What is taken away from a token; what is absent stays as it is. Texts as for a new token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"without": ["write:edit"], "daily_budget": "2.00"}))]
pub struct Reduction {
    /// The scopes it keeps; all others go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Scopes that go; taken out of a wildcard, the others of it stay by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// The most spend in a UTC day, in dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_budget: Option<String>,
    /// The most spend in a UTC month, in dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_budget: Option<String>,
    /// The most images one call may ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_images: Option<u32>,
    /// The most places it may hold at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_places: Option<u32>,
    /// The most requests, as in `60/min`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// The models it may still name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// The rendering speeds it may still name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub speeds: Vec<String>,
    /// The hosts that may still receive webhooks; an empty list means none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_hosts: Option<Vec<String>>,
    /// The hosts that `image_urls` may still point to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_hosts: Vec<String>,
    /// The addresses it may still be used from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cidrs: Vec<String>,
    /// How long it still lives, as in `7d`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<String>,
}

impl Tokens {
    /// Takes rights away from a token; in force here when this returns, also for calls that wait.
    /// What would widen anything is refused.
    pub async fn reduce(
        &self,
        id: &TokenId,
        asked: Reduction,
        by: impl Into<Actor>,
    ) -> Result<Arc<Token>, TokensError> {
        let (environments, id, by) = (Arc::clone(&self.environments), id.clone(), by.into());
        self.change(move |writer| async move {
            let old = Arc::clone(&find_not_revoked(&writer, &id)?.token);
            let token = narrow(&old, &asked, writer.now()).map_err(TokensError::Invalid)?;
            check_limited(&old, &token, &environments).map_err(TokensError::Invalid)?;
            if token == *old {
                return Ok(old);
            }
            TokenChange::to(Action::TokenReduce, by, &old, token).commit(writer).await
        })
        .await
    }
}

/// Returns the token with less, or everything that would not be less.
pub(super) fn narrow(
    old: &Token,
    asked: &Reduction,
    now: Timestamp,
) -> Result<Token, Vec<RequestError>> {
    let mut mistakes = RequestErrors::default();
    let scopes = scopes(&mut mistakes, &old.scopes, asked);
    let limits = limits(&mut mistakes, &old.limits, asked);
    let expires_at = match mistakes.duration("expires_in", asked.expires_in.as_ref()) {
        Some(span) if now.plus(span) > old.expires_at => {
            let end = old.expires_at;
            mistakes.note("expires_in", format_args!("the token ends at {end} already"));
            old.expires_at
        }
        Some(span) => now.plus(span),
        None => old.expires_at,
    };
    mistakes.into_result(Some(Token { scopes, expires_at, limits, ..old.clone() }))
}

fn scopes(mistakes: &mut RequestErrors, old: &ScopeSet, asked: &Reduction) -> ScopeSet {
    let read = |mistakes: &mut RequestErrors, field: &str, texts: &[String]| -> ScopeSet {
        texts.iter().filter_map(|text| mistakes.take(field, text.parse::<ScopeGrant>())).collect()
    };
    let kept = read(mistakes, "scopes", &asked.scopes);
    for grant in kept.above(old) {
        let problem = format_args!("'{grant}' is more than the token has: {}", list(old.grants()));
        mistakes.note("scopes", problem);
    }
    let mut left = if asked.scopes.is_empty() { old.clone() } else { kept };
    let gone = read(mistakes, "without", &asked.without);
    for grant in gone.grants() {
        left = without(mistakes, &left, grant);
    }
    let asks = !(asked.scopes.is_empty() && asked.without.is_empty());
    if asks && left.is_empty() {
        mistakes.note("scopes", "nothing would be left; disable or revoke the token instead");
    }
    left
}

/// Returns the scopes without what `gone` includes; a wildcard of which something goes is written out.
fn without(mistakes: &mut RequestErrors, from: &ScopeSet, gone: ScopeGrant) -> ScopeSet {
    let goes = |scope: &Scope| match gone {
        ScopeGrant::WriteLimited => false,
        gone => gone.includes(*scope),
    };
    if !from.grants().any(|grant| grant == gone)
        && !Scope::ALL.iter().any(|s| goes(s) && from.allows(*s))
    {
        let problem = format_args!("'{gone}' is not granted; there are: {}", list(from.grants()));
        mistakes.note("without", problem);
    }
    let mut left = Vec::new();
    for grant in from.grants() {
        let included = || Scope::ALL.iter().copied().filter(|scope| grant.includes(*scope));
        if grant == gone {
        } else if !included().any(|scope| goes(&scope)) {
            left.push(grant);
        } else if grant != ScopeGrant::WriteLimited {
            left.extend(included().filter(|scope| !goes(scope)).map(ScopeGrant::One));
        } else if gone != ScopeGrant::WriteAll {
            let problem = format_args!("'write:limited' cannot be had without '{gone}'");
            mistakes.note("without", problem);
        }
    }
    left.into_iter().collect()
}

/// A limited set that the settings leave open would mean all.
fn check_limited(
    old: &Token,
    new: &Token,
    all: &EnvironmentCeilings,
) -> Result<(), Vec<RequestError>> {
    let is_limited =
        |token: &Token| token.scopes.grants().any(|grant| grant == ScopeGrant::WriteLimited);
    let open = all.get(&new.environment).is_some_and(|environment| environment.limited.is_open());
    // Who has it already keeps it: the settings may have been opened since, and no other right
    // could be taken away then.
    if open && is_limited(new) && !is_limited(old) {
        let name = &new.environment;
        let problem = format!(
            "'write:limited' means nothing in environment '{name}': its settings name no limits \
             under [environments.{name}.limited]"
        );
        return Err(vec![RequestError { field: "scopes".into(), problem: problem.into() }]);
    }
    Ok(())
}

fn limits(mistakes: &mut RequestErrors, old: &TokenLimits, asked: &Reduction) -> TokenLimits {
    let daily = budget(mistakes, "daily_budget", asked.daily_budget.as_ref());
    let monthly = budget(mistakes, "monthly_budget", asked.monthly_budget.as_ref());
    let per_minute = rate(mistakes, asked.rate.as_deref());
    let webhooks = asked.webhook_hosts.as_ref().map(|new| hosts(mistakes, "webhook_hosts", new));
    let images = hosts(mistakes, "image_hosts", &asked.image_hosts);
    let cidrs: Vec<_> = asked.cidrs.iter().filter_map(|text| cidr(mistakes, text)).collect();
    for (field, number) in [("max_images", asked.max_images), ("max_places", asked.max_places)] {
        mistakes.bound(field, number, u32::MAX);
    }
    TokenLimits {
        max_images: less(mistakes, "max_images", old.max_images, asked.max_images),
        max_places: less(mistakes, "max_places", old.max_places, asked.max_places),
        requests_per_minute: less(mistakes, "rate", old.requests_per_minute, per_minute),
        // Not among what can be asked for: a shorter wait takes no right away.
        queue_timeout: old.queue_timeout,
        daily_budget: less::<Usd>(mistakes, "daily_budget", old.daily_budget, daily),
        monthly_budget: less::<Usd>(mistakes, "monthly_budget", old.monthly_budget, monthly),
        models: fewer(mistakes, "models", &old.models, &asked.models, PartialEq::eq),
        speeds: fewer(mistakes, "speeds", &old.speeds, &asked.speeds, PartialEq::eq),
        webhook_hosts: match webhooks {
            Some(new) => fewer_of_none(mistakes, "webhook_hosts", &old.webhook_hosts, new),
            None => old.webhook_hosts.clone(),
        },
        image_hosts: fewer(mistakes, "image_hosts", &old.image_hosts, &images, PartialEq::eq),
        cidrs: fewer(mistakes, "cidrs", &old.cidrs, &cidrs, |net, all| all.contains(net)),
    }
}

/// Returns the new number if it is not more than the old one; no old one is without bound.
fn less<T: PartialOrd + Display + Copy>(
    mistakes: &mut RequestErrors,
    field: &str,
    old: Option<T>,
    new: Option<T>,
) -> Option<T> {
    match (old, new) {
        (Some(old), Some(new)) if new > old => {
            mistakes.note(field, format_args!("{new} is more than the {old} that the token has"));
            Some(old)
        }
        (old, new) => new.or(old),
    }
}

/// Returns the new list if all of it is in the old one; an empty old one is everything.
fn fewer<T: Clone + Display>(
    mistakes: &mut RequestErrors,
    field: &str,
    old: &[T],
    new: &[T],
    is_in: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    if new.is_empty() {
        return old.to_vec();
    }
    for one in new {
        if !old.is_empty() && !old.iter().any(|all| is_in(one, all)) {
            let problem = format_args!("'{one}' is not among what the token has: {}", list(old));
            mistakes.note(field, problem);
        }
    }
    new.to_vec()
}

/// Does the same where an empty list is nothing.
fn fewer_of_none(
    mistakes: &mut RequestErrors,
    field: &str,
    old: &[String],
    new: Vec<String>,
) -> Vec<String> {
    for host in new.iter().filter(|host| !old.contains(host)) {
        let has = if old.is_empty() { "none".to_owned() } else { list(old) };
        mistakes.note(field, format_args!("'{host}' is not among what the token has: {has}"));
    }
    new
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
