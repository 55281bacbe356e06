//! Checks a call once more when its token was changed while it waited.

use super::{Gateway, known, policy, rejection::Rejection};
use crate::{
    calls::{Reduced, StillAllowed},
    config::EnvironmentSettings,
    domain::{Demand, Route, Timestamp, Token, Usd},
    ledger::{Budget, Budgets},
};
use std::{net::IpAddr, sync::Arc};

/// What was checked when the call came in, and what it holds since.
#[derive(Debug, Clone)]
pub(super) struct Needs {
    pub(super) gateway: Gateway,
    pub(super) route: Arc<Route>,
    pub(super) demand: Demand,
    pub(super) client: IpAddr,
    /// The money it holds, and since when.
    pub(super) held: Option<(Usd, Timestamp)>,
}

/// The same, of a call that is still whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct NeedsOf<'c> {
    pub(super) gateway: &'c Gateway,
    pub(super) environment: &'c EnvironmentSettings,
    pub(super) route: &'c Route,
    pub(super) demand: &'c Demand,
    pub(super) client: IpAddr,
    pub(super) held: Option<(Usd, Timestamp)>,
}

impl NeedsOf<'_> {
    /// Returns why the call may not be made with the token as it is now, if so.
    pub(super) fn check(&self, token: &Token) -> Result<(), Rejection> {
        known::check_address(self.gateway, token, self.client)?;
        let scope = known::needed_scope(self.route, self.demand.is_quote);
        known::check_scope(token, self.environment, scope)?;
        policy::check(token, self.environment, self.route, self.demand)?;
        self.check_budgets(token)
    }

    /// What the call holds is among what counts, so only a budget that became smaller can be over.
    fn check_budgets(&self, token: &Token) -> Result<(), Rejection> {
        let Some((price, opened_at)) = self.held else { return Ok(()) };
        let settings = &self.gateway.settings;
        let budgets = Budgets::covering(settings, self.environment, token, self.route);
        let is_over = |budget: &&Budget| {
            let counts = self.gateway.ledger.tally(&budget.subject, budget.period, opened_at);
            price > Usd::ZERO && counts.spent() > budget.limit
        };
        match budgets.limits.iter().find(is_over) {
            Some(budget) => Err(Rejection::over_budget(budget, price, opened_at)),
            None => Ok(()),
        }
    }
}

impl StillAllowed for Needs {
    fn check(&self, token: &Token) -> Result<(), Reduced> {
        let Self { gateway, route, demand, client, held } = self;
        let (client, held) = (*client, *held);
        // It was there when the call came in, and settings do not change while the gateway runs.
        let Some(environment) = gateway.environment(&token.environment) else { return Ok(()) };
        let needs = NeedsOf { gateway, environment, route, demand, client, held };
        needs.check(token).map_err(|refused| Reduced {
            code: refused.problem.code(),
            message: refused.problem.message().into(),
        })
    }
}
