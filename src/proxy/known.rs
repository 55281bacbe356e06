//! First stage: whose request this is.

use super::{
    Gateway, allowed::AllowedCall, counted::Counted, credentials,
    incoming_request::IncomingRequest, misshapen::misshapen, rejection::Rejection,
};
use crate::{
    config::EnvironmentSettings,
    domain::{ErrorCode, Route, RouteMatch, Scope, SecretKind, Token},
    tokens::{PresentedSecret, PresentedToken},
    web::{self, ClientError},
};
use std::{net::IpAddr, sync::Arc};

/// A request with a valid token.
#[derive(Debug)]
pub(super) struct KnownCall {
    pub(super) gateway: Gateway,
    pub(super) knock: IncomingRequest,
    pub(super) token: Arc<Token>,
    pub(super) secret: PresentedSecret,
}

impl KnownCall {
    /// Returns the request if its token is valid here and now.
    pub(super) fn authenticate(
        gateway: &Gateway,
        knock: IncomingRequest,
    ) -> Result<Self, Rejection> {
        let PresentedToken { token, secret } = token(gateway, &knock)?;
        let call = Self { gateway: gateway.clone(), knock, token, secret };
        call.note_end_user()?;
        Ok(call)
    }

    fn note_end_user(&self) -> Result<(), Rejection> {
        let Some(value) = self.knock.headers.get(web::header::USER) else { return Ok(()) };
        let user = std::str::from_utf8(value.as_bytes())
            .ok()
            .filter(|text| (1..=128).contains(&text.len()) && !text.chars().any(char::is_control));
        let Some(user) = user else {
            let message =
                "Ideogate-User must be 1 to 128 bytes of UTF-8 without control characters";
            return Err(Rejection::new(ErrorCode::MalformedRequest, message).field("Ideogate-User"));
        };
        self.knock.trail.on_behalf_of.set(user.into()).ok();
        Ok(())
    }

    /// Returns the call if the route is listed and the token's scopes allow it.
    pub(super) fn authorize(self) -> Result<AllowedCall, Rejection> {
        let route = self.listed_route()?;
        let environment = self.environment()?.clone();
        let is_quote = route.quote && asks_for_quote(self.knock.uri.query());
        check_scope(&self.token, &environment, needed_scope(&route, is_quote))?;
        if is_quote && !self.gateway.calls.quotes_are_open(&route.name) {
            let message =
                "quotes are closed for this route: a dry run was answered without a quote";
            return Err(Rejection::new(ErrorCode::PolicyDenied, message).rule("quotes"));
        }
        Ok(self.allowed(environment, route))
    }

    /// Returns the call if the token may ask for its price: because it may make the call, or by
    /// `read:quotes`.
    pub(super) fn authorize_quote(self) -> Result<AllowedCall, Rejection> {
        let route = self.listed_route()?;
        let environment = self.environment()?.clone();
        if check_scope(&self.token, &environment, route.scope).is_err() {
            check_scope(&self.token, &environment, Some(Scope::ReadQuotes))?;
        }
        Ok(self.allowed(environment, route))
    }

    fn allowed(self, environment: EnvironmentSettings, route: Arc<Route>) -> AllowedCall {
        let Self { gateway, knock, token, secret } = self;
        let counted = Counted::Later;
        AllowedCall { gateway, knock, token, secret, environment, route, counted }
    }

    fn listed_route(&self) -> Result<Arc<Route>, Rejection> {
        let path = self.knock.uri.path();
        let shown = web::shown(path);
        let route = match self.gateway.settings.routes.find(&self.knock.method, path) {
            RouteMatch::Found(route) => route,
            RouteMatch::Disabled(route) => {
                let message = format!("route {} is switched off here", route.name);
                return Err(Rejection::new(ErrorCode::RouteUnknown, message));
            }
            RouteMatch::Denied(reason) => {
                let message = format!("{shown} is closed: {reason}");
                return Err(Rejection::new(ErrorCode::RouteUnknown, message));
            }
            RouteMatch::WrongMethod(methods) => return Err(Rejection::wrong_method(&methods)),
            RouteMatch::Unknown => {
                let message =
                    format!("{} {shown} is not a route of this gateway", self.knock.method);
                // The path may hold anything, and the record is for ever.
                return Err(
                    Rejection::new(ErrorCode::RouteUnknown, message).because("unlisted path")
                );
            }
        };
        self.knock.trail.route.set(Arc::clone(&route)).ok();
        Ok(route)
    }

    fn environment(&self) -> Result<&EnvironmentSettings, Rejection> {
        let name = &self.token.environment;
        self.gateway.environment(name).ok_or_else(|| {
            let message = format!("environment {name} is no longer in the settings");
            Rejection::new(ErrorCode::EnvironmentUnavailable, message)
        })
    }
}

/// Returns the scope that a call on a route needs, or the dry run of one.
pub(super) fn needed_scope(route: &Route, is_quote: bool) -> Option<Scope> {
    if is_quote { Some(Scope::ReadQuotes) } else { route.scope }
}

/// Says whether a token and its environment have a scope.
pub(super) fn check_scope(
    token: &Token,
    environment: &EnvironmentSettings,
    scope: Option<Scope>,
) -> Result<(), Rejection> {
    let Some(scope) = scope else { return Ok(()) };
    if scope == Scope::ReadGenerations && polls_own(token, environment) {
        // Whose generation it is, is looked at next.
        return Ok(());
    }
    if !token.scopes.allows(scope) {
        return Err(Rejection::with(ClientError::scope_missing(scope)));
    }
    if !environment.scopes.allows(scope) {
        let name = &token.environment;
        let message = format!("environment {name} does not allow {scope} any more");
        return Err(Rejection::new(ErrorCode::EnvironmentDenied, message));
    }
    Ok(())
}

/// Says whether a token may poll what it makes itself, because it and its environment have a scope that
/// makes something.
fn polls_own(token: &Token, environment: &EnvironmentSettings) -> bool {
    let makes = |scope: &Scope| {
        scope.in_write_wildcard()
            && token.scopes.allows(*scope)
            && environment.scopes.allows(*scope)
    };
    Scope::ALL.iter().any(makes)
}

/// Returns the token of a request if it is valid here, now, and for the client's address.
pub(super) fn token(
    gateway: &Gateway,
    knock: &IncomingRequest,
) -> Result<PresentedToken, Rejection> {
    let presented = credentials::presented(&knock.headers)?;
    if SecretKind::claimed_by(presented) == Some(SecretKind::Operator) {
        let reason = "an operator's token was presented to the data plane";
        return Err(Rejection::with(ClientError::token_invalid()).because(reason));
    }
    let trail = &knock.trail;
    let presented = gateway.tokens.authenticate(presented).map_err(|refusal| {
        let misshapen = misshapen(presented);
        if let Some(token) = refusal.token() {
            trail.token.set(Arc::clone(token)).ok();
        }
        if let Some(secret) = refusal.secret() {
            trail.secret.set(secret).ok();
        }
        let refused = Rejection::token(&refusal);
        match misshapen {
            Some(problem) => Rejection { problem: Box::new(problem), ..refused },
            None => refused,
        }
    })?;
    let PresentedToken { token, secret } = &presented;
    trail.token.set(Arc::clone(token)).ok();
    trail.secret.set(secret.number).ok();
    if let Some(retires_at) = secret.retires_at {
        // A request for a quote comes by here twice.
        if trail.retires_at.set(retires_at).is_ok() {
            gateway.metrics.old_secret_used(&token.environment);
        }
    }
    check_address(gateway, token, knock.client)?;
    Ok(presented)
}

/// Says whether a token may be used from an address.
pub(super) fn check_address(
    gateway: &Gateway,
    token: &Token,
    client: IpAddr,
) -> Result<(), Rejection> {
    let policy = gateway.environment(&token.environment).map(|environment| &environment.policy);
    let of_environment = policy.map(|policy| policy.cidrs.as_slice()).unwrap_or_default();
    let all = format!("environments.{}.policy.cidrs", token.environment);
    for (cidrs, rule) in [(&*token.limits.cidrs, "token cidrs"), (of_environment, &*all)] {
        if !cidrs.is_empty() && !cidrs.iter().any(|net| net.contains(&client)) {
            let message = format!("the token may not be used from {client}");
            return Err(Rejection::new(ErrorCode::PolicyDenied, message).rule(rule));
        }
    }
    Ok(())
}

/// Only decides which scope is needed; inspection checks the spelling.
pub(super) fn asks_for_quote(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair == "dry_run=true"))
}
