//! What it takes in environments of production to give a token more, or to let it spend without a limit.

use super::{
    error::TokensError,
    mandate::Mandate,
    mistakes::RequestErrors,
    request_error::RequestError,
    spending::{has_own_budget, is_unlimited, needs_budget},
};
use crate::{
    config::Settings,
    domain::{EnvironmentName, Role, Token},
};

/// Refuses to let anybody but admins give a token more in an environment of production.
pub(super) fn may_give(
    mandate: &Mandate,
    environment: &EnvironmentName,
    settings: &Settings,
    gains: &[RequestError],
) -> Result<(), TokensError> {
    let is_free_to = mandate.role >= Role::Admin || !is_production(environment, settings);
    if gains.is_empty() || is_free_to {
        return Ok(());
    }
    let told: Vec<_> =
        gains.iter().map(|gain| format!("{}: {}", gain.field, gain.problem)).collect();
    let (environment, role) = (environment.clone(), mandate.role);
    Err(TokensError::NeedsAdmin { environment, role, gains: told.join("; ").into() })
}

/// Returns what is more than nothing about a new token: that it may spend as much as there is.
pub(super) fn gains_of_new(token: &Token, settings: &Settings) -> Vec<RequestError> {
    if !needs_budget(token, settings) || has_own_budget(token) {
        return Vec::new();
    }
    vec![gain("daily_budget", "the token may spend and has no budget of its own")]
}

/// Returns one thing that is more than before.
pub(super) fn gain(field: &str, problem: &str) -> RequestError {
    RequestError { field: field.into(), problem: problem.into() }
}

/// Notes that nothing would limit any more what a token of production may spend. It holds for everybody, for it
/// asks for a statement and not for a right; what was stated, or was so before, is no mistake.
pub(super) fn needs_a_limit(
    mistakes: &mut RequestErrors,
    old: Option<&Token>,
    new: &Token,
    settings: &Settings,
) {
    let was_so = old.is_some_and(|old| is_unlimited(old, settings));
    let name = &new.environment;
    if new.unlimited || was_so || !is_unlimited(new, settings) || !is_production(name, settings) {
        return;
    }
    let problem = format_args!(
        "nothing would limit what it may spend in {name}: give a budget, or say that there shall be none: \
         --no-budget (API: \"no_budget\": true)"
    );
    mistakes.note("daily_budget", problem);
}

/// Says whether other settings would leave a token in production without a budget that limits what it may spend.
pub(super) fn loses_last_budget(token: &Token, now: &Settings, other: &Settings) -> bool {
    let name = &token.environment;
    let is_production = is_production(name, now) && is_production(name, other);
    // An environment that is gone lets nobody spend.
    let is_there = other.environments.contains_key(name);
    let is_left = !is_unlimited(token, now) && is_unlimited(token, other);
    is_production && is_there && is_left && !token.unlimited
}

fn is_production(environment: &EnvironmentName, settings: &Settings) -> bool {
    settings.review.production.contains(environment)
}
