//! What is known of a call once it is allowed.

use super::{Gateway, incoming_request::IncomingRequest, rejection::Rejection};
use crate::{
    accounts::AccountLink,
    calls::Recheck,
    config::EnvironmentSettings,
    domain::{Demand, Route, Timestamp, Token, Usd},
    tokens::PresentedSecret,
};
use std::sync::Arc;

/// What is known of a call once it is allowed. It moves through the stages as it is; each stage adds what it
/// proved beside it.
#[derive(Debug)]
pub(super) struct CallContext {
    pub(super) gateway: Gateway,
    pub(super) request: IncomingRequest,
    pub(super) token: Arc<Token>,
    pub(super) secret: PresentedSecret,
    pub(super) environment: Arc<EnvironmentSettings>,
    pub(super) route: Arc<Route>,
    /// Whether it counts against its token's rate already.
    pub(super) counted: Counted,
}

impl CallContext {
    /// Returns the link to the account that serves the call.
    pub(super) fn link(&self) -> Option<&Arc<AccountLink>> {
        self.gateway.accounts.link(&self.environment.account)
    }

    /// Says whether the call may cost money.
    pub(super) fn spends(&self, demand: &Demand) -> bool {
        self.route.spends(demand.is_quote)
    }

    /// Looks at the token and the settings as they are now: the token may have been revoked or reduced meanwhile,
    /// the environment switched off. `held` is the money that the
    /// call holds, and since when.
    pub(super) fn recheck(
        &self,
        demand: &Demand,
        held: Option<(Usd, Timestamp)>,
    ) -> Result<(), Rejection> {
        let Self { gateway, request, token, secret, environment, route, .. } = self;
        let (secret, client) = (*secret, request.client);
        let (settings, account) = (&request.settings, &environment.account);
        let call = Recheck { token, secret, settings, account, route, demand, client, held };
        gateway.calls.recheck(&call).map_err(Rejection::from)
    }
}

/// Whether a request has been counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Not until it is clear that nothing is owed to it.
    Later,
    /// It has been, or need not be.
    Already,
}
