//! From where a token may be used.

use super::Denial;
use crate::{config::EnvironmentSettings, domain::Token};
use std::net::IpAddr;

/// Says whether a token may be used from an address: both its own networks and its environment's must hold it,
/// where they name any. `None` stands for an environment that is no longer in the settings.
pub fn check_address(
    token: &Token,
    environment: Option<&EnvironmentSettings>,
    client: IpAddr,
) -> Result<(), Denial> {
    let policy = environment.map(|environment| &environment.policy);
    let of_environment = policy.map(|policy| policy.cidrs.as_slice()).unwrap_or_default();
    let all = format!("environments.{}.policy.cidrs", token.environment);
    for (cidrs, rule) in [(&*token.limits.cidrs, "token cidrs"), (of_environment, &*all)] {
        if !cidrs.is_empty() && !cidrs.iter().any(|net| net.contains(&client)) {
            return Err(Denial::rule(format!("the token may not be used from {client}"), rule));
        }
    }
    Ok(())
}
