//! Second stage: the route is listed and the token may use it.

use super::{
    context::{CallContext, Counted},
    known::{self, KnownCall},
    rejection::Rejection,
};
use crate::{
    authorization::{check_scope, needed_scope},
    config::EnvironmentSettings,
    domain::{ErrorCode, Route, RouteMatch, Scope},
    web,
};
use std::sync::Arc;

/// A request that its token's scopes allow.
#[derive(Debug)]
pub(super) struct AllowedCall {
    pub(super) context: Box<CallContext>,
}

impl KnownCall {
    /// Returns the call if the route is listed and the token's scopes allow it.
    pub(super) fn authorize(self) -> Result<AllowedCall, Rejection> {
        let route = self.listed_route()?;
        let environment = Arc::clone(self.environment()?);
        let is_quote = route.quote && known::asks_for_quote(self.incoming.uri.query());
        check_scope(&self.token, &environment, needed_scope(&route, is_quote))?;
        if is_quote && !self.gateway.accounts.quotes_are_open(&route.name) {
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
        let environment = Arc::clone(self.environment()?);
        if check_scope(&self.token, &environment, route.scope).is_err() {
            check_scope(&self.token, &environment, Some(Scope::ReadQuotes))?;
        }
        Ok(self.allowed(environment, route))
    }

    fn allowed(self, environment: Arc<EnvironmentSettings>, route: Arc<Route>) -> AllowedCall {
        let Self { gateway, incoming: request, token, secret } = self;
        let counted = Counted::Later;
        let context = CallContext { gateway, request, token, secret, environment, route, counted };
        AllowedCall { context: Box::new(context) }
    }

    fn listed_route(&self) -> Result<Arc<Route>, Rejection> {
        let path = self.incoming.uri.path();
        let shown = web::abbreviate(path);
        let route = match self.incoming.settings.routes.find(&self.incoming.method, path) {
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
                    format!("{} {shown} is not a route of this gateway", self.incoming.method);
                // The path may hold anything, and the record is for ever.
                return Err(
                    Rejection::new(ErrorCode::RouteUnknown, message).because("unlisted path")
                );
            }
        };
        self.incoming.request_context.route.set(Arc::clone(&route)).ok();
        Ok(route)
    }

    fn environment(&self) -> Result<&Arc<EnvironmentSettings>, Rejection> {
        let enabled = self.incoming.settings.enabled(&self.token.environment);
        enabled.map_err(|off| Rejection::environment_off(&off))
    }
}
