//! What a token and its environment allow, beyond scopes.

use super::refused::Refused;
use crate::{
    config::Environment,
    domain::{Demand, ErrorCode, Route, Token},
};

/// Checks a demand against the token's limits and, where `write:limited` alone allows the route,
/// against the environment's limited set. The refusal names the rule and where it is set.
pub(super) fn check(
    token: &Token,
    environment: &Environment,
    route: &Route,
    demand: &Demand,
) -> Result<(), Refused> {
    let limits = &token.limits;
    at_most(demand.places, limits.max_images, "token max_images")?;
    at_most(demand.places, limits.max_places, "token max_places")?;
    one_of(demand.model.as_deref(), &limits.models, "model", "token models")?;
    one_of(demand.custom_model.as_deref(), &limits.models, "custom model", "token models")?;
    one_of(demand.speed.as_deref(), &limits.speeds, "rendering speed", "token speeds")?;
    webhook(token, demand)?;
    if route.scope.is_some_and(|scope| token.scopes.allows_only_limited(scope)) {
        limited(token, environment, route, demand)?;
    }
    Ok(())
}

fn limited(
    token: &Token,
    environment: &Environment,
    route: &Route,
    demand: &Demand,
) -> Result<(), Refused> {
    let limited = &environment.limited;
    let setting = |name: &str| format!("environments.{}.limited.{name}", token.environment);
    if !limited.routes.is_empty() && !limited.routes.contains(&route.name) {
        let message = format!("write:limited does not include the route {}", route.name);
        return Err(denied(message, &setting("routes")));
    }
    at_most(demand.places, limited.max_images, &setting("max_images"))?;
    one_of(demand.speed.as_deref(), &limited.speeds, "rendering speed", &setting("speeds"))
}

fn at_most(places: u32, most: Option<u32>, rule: &str) -> Result<(), Refused> {
    match most {
        Some(most) if places > most => {
            Err(denied(format!("the call asks for {places} images, {most} are allowed"), rule))
        }
        _ => Ok(()),
    }
}

fn one_of<T: AsRef<str>>(
    named: Option<&str>,
    allowed: &[T],
    what: &str,
    rule: &str,
) -> Result<(), Refused> {
    let Some(named) = named.filter(|_| !allowed.is_empty()) else { return Ok(()) };
    if allowed.iter().any(|one| one.as_ref() == named) {
        return Ok(());
    }
    let list: Vec<_> = allowed.iter().map(AsRef::as_ref).collect();
    Err(denied(format!("{what} {named} is not allowed; allowed: {}", list.join(", ")), rule))
}

/// A webhook sends results of paid work elsewhere, so its host must be allowed by name.
fn webhook(token: &Token, demand: &Demand) -> Result<(), Refused> {
    let Some(url) = demand.webhook_url.as_deref() else { return Ok(()) };
    let uri: Option<http::Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).map(str::to_ascii_lowercase);
    let allowed = |host: &String| token.limits.webhook_hosts.iter().any(|one| one == host);
    match host {
        Some(host) if allowed(&host) => Ok(()),
        Some(host) => {
            Err(denied(format!("webhooks to {host} are not allowed"), "token webhook_hosts")
                .field("webhook_url"))
        }
        None => Err(Refused::new(ErrorCode::MalformedRequest, "webhook_url is not a URL")
            .field("webhook_url")),
    }
}

fn denied(message: String, rule: &str) -> Refused {
    Refused::new(ErrorCode::PolicyDenied, message).rule(rule)
}
