//! What a token and its environment allow, beyond scopes.

use super::Denial;
use crate::{
    config::EnvironmentSettings,
    domain::{Demand, EnvironmentName, Route, Token},
};

/// Checks a demand against the token's limits, the environment's policy and, where `write:limited`
/// alone allows the route, the environment's limited set. The refusal names the rule and where it is
/// set.
pub fn check(
    token: &Token,
    environment: &EnvironmentSettings,
    route: &Route,
    demand: &Demand,
) -> Result<(), Denial> {
    Rules::of_token(token).check(demand)?;
    Rules::of_environment(&token.environment, environment).check(demand)?;
    if route.scope.is_some_and(|scope| token.scopes.allows_only_limited(scope)) {
        limited(token, environment, route, demand)?;
    }
    Ok(())
}

/// One set of rules, and where it is set.
struct Rules<'r> {
    place: String,
    max_images: Option<u32>,
    max_places: Option<u32>,
    models: &'r [String],
    speeds: &'r [String],
    image_hosts: &'r [String],
    webhook_hosts: &'r [String],
    /// Whether no host at all may receive webhooks when none is named.
    webhooks_need_a_name: bool,
}

impl<'r> Rules<'r> {
    fn of_token(token: &'r Token) -> Self {
        let limits = &token.limits;
        Self {
            place: "token ".to_owned(),
            max_images: limits.max_images,
            max_places: limits.max_places,
            models: &limits.models,
            speeds: &limits.speeds,
            image_hosts: &limits.image_hosts,
            webhook_hosts: &limits.webhook_hosts,
            webhooks_need_a_name: true,
        }
    }

    fn of_environment(name: &EnvironmentName, environment: &'r EnvironmentSettings) -> Self {
        let policy = &environment.policy;
        Self {
            place: format!("environments.{name}.policy."),
            max_images: policy.max_images,
            max_places: policy.max_places,
            models: &policy.models,
            speeds: &policy.speeds,
            image_hosts: &policy.image_hosts,
            webhook_hosts: &policy.webhook_hosts,
            webhooks_need_a_name: false,
        }
    }

    fn check(&self, demand: &Demand) -> Result<(), Denial> {
        let (models, speeds) = (self.rule("models"), self.rule("speeds"));
        at_most(demand.places, self.max_images, &self.rule("max_images"))?;
        at_most(demand.places, self.max_places, &self.rule("max_places"))?;
        one_of(demand.model.as_deref(), self.models, "model", &models)?;
        one_of(demand.custom_model.as_deref(), self.models, "custom model", &models)?;
        one_of(demand.speed.as_deref(), self.speeds, "rendering speed", &speeds)?;
        self.webhook(demand)?;
        self.images(demand)
    }

    fn rule(&self, name: &str) -> String {
        format!("{}{name}", self.place)
    }

    /// A webhook sends results of paid work elsewhere, so its host must be allowed by name.
    fn webhook(&self, demand: &Demand) -> Result<(), Denial> {
        let Some(url) = demand.webhook_url.as_deref() else { return Ok(()) };
        if self.webhook_hosts.is_empty() && !self.webhooks_need_a_name {
            return Ok(());
        }
        let host = host_of(url, "webhook_url")?;
        if !url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) {
            let message =
                "webhook_url must begin with https://, for results must not go in the clear";
            return Err(Denial::Malformed { message: message.to_owned(), field: "webhook_url" });
        }
        // To the letter, and no names below it: they may belong to others than the name does.
        if self.webhook_hosts.contains(&host) {
            return Ok(());
        }
        let message = format!("webhooks to {host} are not allowed");
        Err(Denial::rule_on("webhook_url", message, &self.rule("webhook_hosts")))
    }

    /// Ideogram fetches these on the organization's account.
    fn images(&self, demand: &Demand) -> Result<(), Denial> {
        if self.image_hosts.is_empty() {
            return Ok(());
        }
        for url in &demand.image_urls {
            let host = host_of(url, "image_urls")?;
            if !self.image_hosts.contains(&host) {
                let message = format!("pictures from {host} are not allowed");
                return Err(Denial::rule_on("image_urls", message, &self.rule("image_hosts")));
            }
        }
        Ok(())
    }
}

/// Returns the host, if all readers of the address must agree on it.
fn host_of(url: &str, field: &'static str) -> Result<String, Denial> {
    let uri: Option<http::Uri> = url.parse().ok();
    // Readers differ on what stands before an @, so that it could be another host to the vendor.
    let authority = uri.as_ref().and_then(http::Uri::authority);
    let authority = authority.filter(|authority| !authority.as_str().contains('@'));
    let host = authority.map(|authority| authority.host().to_ascii_lowercase());
    host.filter(|host| !host.is_empty()).ok_or_else(|| {
        let message = format!("{field} must be a URL with a host and without a user name");
        Denial::Malformed { message, field }
    })
}

fn limited(
    token: &Token,
    environment: &EnvironmentSettings,
    route: &Route,
    demand: &Demand,
) -> Result<(), Denial> {
    let limited = &environment.limited;
    let setting = |name: &str| format!("environments.{}.limited.{name}", token.environment);
    if !limited.routes.is_empty() && !limited.routes.contains(&route.name) {
        let message = format!("write:limited does not include the route {}", route.name);
        return Err(Denial::rule(message, &setting("routes")));
    }
    at_most(demand.places, limited.max_images, &setting("max_images"))?;
    one_of(demand.speed.as_deref(), &limited.speeds, "rendering speed", &setting("speeds"))
}

fn at_most(places: u32, most: Option<u32>, rule: &str) -> Result<(), Denial> {
    match most {
        Some(most) if places > most => Err(Denial::rule(
            format!("the call asks for {places} images, {most} are allowed"),
            rule,
        )),
        _ => Ok(()),
    }
}

fn one_of<T: AsRef<str>>(
    named: Option<&str>,
    allowed: &[T],
    what: &str,
    rule: &str,
) -> Result<(), Denial> {
    let Some(named) = named.filter(|_| !allowed.is_empty()) else { return Ok(()) };
    if allowed.iter().any(|one| one.as_ref() == named) {
        return Ok(());
    }
    let list: Vec<_> = allowed.iter().map(AsRef::as_ref).collect();
    Err(Denial::rule(format!("{what} {named} is not allowed; allowed: {}", list.join(", ")), rule))
}
