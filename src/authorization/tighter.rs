//! The tighter of two limits.

use crate::domain::Token;

/// Returns the smaller of a token's limit and its environment's, and which of them it is; `None` without either.
/// The token's is named where both are the same.
pub fn tighter(
    token: &Token,
    of_token: Option<u32>,
    of_environment: Option<u32>,
    name: &str,
) -> Option<(u32, String)> {
    match (of_token, of_environment) {
        (Some(own), None) => Some((own, format!("token {name}"))),
        (Some(own), Some(all)) if own <= all => Some((own, format!("token {name}"))),
        (_, Some(all)) => Some((all, format!("environments.{}.policy.{name}", token.environment))),
        (None, None) => None,
    }
}
