//! Turns a request for a token into a token, or into everything that is wrong with it.

use super::{
    mistakes::RequestErrors, new_token::NewToken, production::needs_a_limit,
    request_error::RequestError, scopes_asked::read, taken_names::TakenNames,
};
use crate::{
    config::{EnvironmentSettings, Settings, no_such},
    domain::{
        EnvironmentName, ScopeGrant, ScopeSet, Timestamp, Token, TokenId, TokenLimits, TokenState,
    },
};
use std::{collections::BTreeMap, time::Duration};

/// The longest life of a token: a leaked and forgotten one must end.
const LONGEST_LIFE: Duration = Duration::from_hours(366 * 24);
/// The longest name of a token or an owner.
pub(super) const LONGEST_NAME: usize = 128;
const LONGEST_WORD: usize = 256;
const MOST_METADATA: usize = 32;

/// Returns the token that was asked for, or all mistakes.
pub(super) fn validate(
    new: NewToken,
    names: &TakenNames,
    settings: &Settings,
    now: Timestamp,
) -> Result<Token, Vec<RequestError>> {
    let mut mistakes = RequestErrors::default();
    mistakes.words("name", &new.name, LONGEST_NAME);
    if let Some(owner) = &new.owner {
        mistakes.words("owner", owner, LONGEST_NAME);
    }
    metadata(&mut mistakes, &new.metadata);
    let environment = environment(&mut mistakes, &new.environment, settings);
    let scopes = scopes(&mut mistakes, &new.scopes);
    let limits = new.limits.over(&TokenLimits::default(), &mut mistakes);
    let lifetime = lifetime(&mut mistakes, &new, environment.as_ref().map(|(_, found)| *found));
    if let Some((name, ceiling)) = &environment {
        names_no_open_set(&mut mistakes, &scopes, name, ceiling);
        stay_under(&mut mistakes, &scopes, name, ceiling);
    }
    let token = environment.map(|(environment, _)| Token {
        id: TokenId::random(),
        name: new.name.into(),
        owner: new.owner.map(Into::into),
        environment,
        scopes,
        state: TokenState::Enabled,
        created_at: now,
        expires_at: now.plus(lifetime),
        extra: None,
        revoked_at: None,
        unlimited: new.no_budget && limits.daily_budget.or(limits.monthly_budget).is_none(),
        limits,
        metadata: new.metadata,
    });
    if let Some(token) = &token {
        names.hold_against(&mut mistakes, None, token, now);
        needs_a_limit(&mut mistakes, None, token, settings);
    }
    mistakes.into_result(token)
}

fn environment<'e>(
    mistakes: &mut RequestErrors,
    name: &str,
    settings: &'e Settings,
) -> Option<(EnvironmentName, &'e EnvironmentSettings)> {
    let found = name.parse::<EnvironmentName>().ok().and_then(|name| {
        let environment = settings.environments.get(&name)?;
        Some((name, &**environment))
    });
    if found.is_none() {
        let known: Vec<_> = settings.environments.keys().map(EnvironmentName::as_str).collect();
        mistakes.note("environment", no_such("environment", name, &known));
    }
    found
}

fn scopes(mistakes: &mut RequestErrors, texts: &[String]) -> ScopeSet {
    if texts.is_empty() {
        mistakes.note("scopes", "at least one is needed, or the token could do nothing");
    }
    read(mistakes, "scopes", texts)
}

/// Notes `write:limited` in an environment that names no limits for it: there it would mean all.
pub(super) fn names_no_open_set(
    mistakes: &mut RequestErrors,
    scopes: &ScopeSet,
    name: &EnvironmentName,
    environment: &EnvironmentSettings,
) {
    let limited = scopes.grants().any(|grant| grant == ScopeGrant::WriteLimited);
    if limited && environment.limited.is_open() {
        let problem = format_args!(
            "'write:limited' means nothing in environment '{name}': its settings name no limits \
             under [environments.{name}.limited]"
        );
        mistakes.note("scopes", problem);
    }
}

/// Notes each grant that goes above the ceiling of its environment.
pub(super) fn stay_under(
    mistakes: &mut RequestErrors,
    scopes: &ScopeSet,
    name: &EnvironmentName,
    environment: &EnvironmentSettings,
) {
    let ceiling: Vec<_> = environment.scopes.grants().map(|grant| grant.to_string()).collect();
    let ceiling = ceiling.join(", ");
    for grant in scopes.above(&environment.scopes) {
        mistakes.note(
            "scopes",
            format_args!(
                "'{grant}' is not allowed in environment '{name}', whose limit is set as `scopes` \
                 under [environments.{name}]: {ceiling}"
            ),
        );
    }
}

fn lifetime(
    mistakes: &mut RequestErrors,
    new: &NewToken,
    of: Option<&EnvironmentSettings>,
) -> Duration {
    let usual = of.map(|environment| environment.token_lifetime).unwrap_or_default();
    life(mistakes, new.expires_in.as_ref()).unwrap_or_else(|| usual.min(LONGEST_LIFE))
}

/// Reads how long a token lives, if that is said.
pub(super) fn life(mistakes: &mut RequestErrors, text: Option<&String>) -> Option<Duration> {
    let asked = mistakes.duration("expires_in", text);
    if asked.is_some_and(|span| span > LONGEST_LIFE) {
        mistakes.note("expires_in", "a token must expire within 366 days");
    }
    asked
}

/// Notes what is wrong with the words of a token's makers.
pub(super) fn metadata(mistakes: &mut RequestErrors, metadata: &BTreeMap<String, String>) {
    if metadata.len() > MOST_METADATA {
        mistakes.note("metadata", format_args!("has more than {MOST_METADATA} entries"));
    }
    for (key, value) in metadata {
        mistakes.words("metadata", key, LONGEST_NAME);
        mistakes.words("metadata", value, LONGEST_WORD);
    }
}
