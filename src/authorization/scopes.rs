//! What a token may do at all.

use super::Denial;
use crate::{
    config::EnvironmentSettings,
    domain::{Route, Scope, Token},
};

/// Returns the scope that a call on a route needs, or the dry run of one; `None` where a valid token is enough.
pub fn needed_scope(route: &Route, is_quote: bool) -> Option<Scope> {
    if is_quote { Some(Scope::ReadQuotes) } else { route.scope }
}

/// Says whether a token and its environment both have a scope.
pub fn check_scope(
    token: &Token,
    environment: &EnvironmentSettings,
    scope: Option<Scope>,
) -> Result<(), Denial> {
    let Some(scope) = scope else { return Ok(()) };
    if scope == Scope::ReadGenerations && polls_own(token, environment) {
        // Whose generation it is, is looked at next.
        return Ok(());
    }
    if !token.scopes.allows(scope) {
        return Err(Denial::ScopeMissing(scope));
    }
    if !environment.scopes.allows(scope) {
        return Err(Denial::EnvironmentDenied(token.environment.clone(), scope));
    }
    Ok(())
}

/// Says whether a token may poll what it makes itself, because it and its environment have a scope that
/// makes something.
fn polls_own(token: &Token, environment: &EnvironmentSettings) -> bool {
    let makes = |scope: &Scope| {
        // Both must have it: a scope that the environment took away makes nothing any more that
        // could be polled.
        scope.in_write_wildcard()
            && token.scopes.allows(*scope)
            && environment.scopes.allows(*scope)
    };
    Scope::ALL.iter().any(makes)
}
