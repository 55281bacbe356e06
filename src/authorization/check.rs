//! Everything that a token and its environment must allow, in one question.

use super::{Denial, address::check_address, policy, scopes};
use crate::{
    config::EnvironmentSettings,
    domain::{Demand, Route, Token},
};
use std::net::IpAddr;

/// Says whether a token may make this call from this address, and why not otherwise. What is told first is
/// the address, then the scope, then the limits in the order in which they are documented.
pub fn check(
    token: &Token,
    environment: &EnvironmentSettings,
    route: &Route,
    demand: &Demand,
    client: IpAddr,
) -> Result<(), Denial> {
    check_address(token, Some(environment), client)?;
    scopes::check_scope(token, environment, scopes::needed_scope(route, demand.is_quote))?;
    policy::check(token, environment, route, demand)
}
