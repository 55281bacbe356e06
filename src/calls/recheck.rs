//! Asking once more whether a call may be made: its token may have been revoked, or may do less, and other
//! settings may be in force, while the call waited.

use super::{Calls, ReadyCall};
use crate::{
    admission::Paused,
    authorization::{self, Denial},
    config::{EnvironmentOff, Settings},
    domain::{
        AccountName, Demand, EnvironmentName, ErrorCode, Route, RouteName, Timestamp, Token, Usd,
    },
    ledger::{BudgetExceeded, Budgets},
    tokens::{PresentedSecret, TokenRefusal},
};
use std::{net::IpAddr, sync::Arc};

/// A call that was allowed when it came in.
#[derive(Debug, Clone, Copy)]
pub struct Recheck<'c> {
    /// The token, as it was then.
    pub token: &'c Arc<Token>,
    /// The secret of it that was presented.
    pub secret: PresentedSecret,
    /// The settings that were in force.
    pub settings: &'c Arc<Settings>,
    /// The account that its environment used.
    pub account: &'c AccountName,
    /// The route, as it was.
    pub route: &'c Route,
    /// What the call asks for.
    pub demand: &'c Demand,
    /// Where its client is.
    pub client: IpAddr,
    /// The money it holds, and since when.
    pub held: Option<(Usd, Timestamp)>,
}

/// Why a call may not be made any more.
#[derive(Debug, thiserror::Error)]
pub enum RecheckError {
    /// Its token, or the secret that was presented, opens nothing any more.
    #[error("token refused while the call waited")]
    Token(#[source] TokenRefusal),
    /// Its environment is switched off, or gone.
    #[error("{0}")]
    EnvironmentOff(#[source] EnvironmentOff),
    /// Its environment uses another account by now.
    #[error("environment {0} uses another account by now")]
    EnvironmentMoved(EnvironmentName),
    /// Its route is switched off, gone, or is another one by now.
    #[error("route {0} is switched off or changed by now")]
    RouteGone(RouteName),
    /// A budget covers it by now, and it has no price that could be held against it.
    #[error("route {0} has no price, so no budget can cover it")]
    Unpriced(RouteName),
    /// Its token or environment allows less now.
    #[error("{0}")]
    Denied(#[source] Denial),
    /// A budget became smaller than what counts against it, this call included.
    #[error("{0}")]
    OverBudget(#[source] BudgetExceeded),
    /// An operator paused such calls.
    #[error("{}", .0.pause.sentence())]
    Paused(Arc<Paused>),
}

impl RecheckError {
    /// Returns the code of the answer.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Token(_) => ErrorCode::TokenInvalid,
            Self::EnvironmentOff(_) | Self::EnvironmentMoved(_) => {
                ErrorCode::EnvironmentUnavailable
            }
            Self::RouteGone(_) => ErrorCode::RouteUnknown,
            Self::Unpriced(_) => ErrorCode::PolicyDenied,
            Self::Denied(denial) => denial.code(),
            Self::OverBudget(_) => ErrorCode::BudgetExceeded,
            Self::Paused(_) => ErrorCode::Paused,
        }
    }

    /// Returns the words for the record.
    pub(super) fn reason(&self) -> Box<str> {
        match self {
            Self::Token(refusal) => refusal.reason().into(),
            Self::Paused(paused) => paused.pause.sentence().into(),
            Self::Denied(_) | Self::OverBudget(_) => format!("allowed no longer: {self}").into(),
            changed => changed.to_string().into(),
        }
    }
}

impl Calls {
    /// Says whether a call may be sent now: it may still be made, and nobody paused such calls.
    pub(super) fn may_send(&self, ready: &ReadyCall) -> Result<(), RecheckError> {
        self.recheck(&ready.to_recheck())?;
        let (account, environment) = (&ready.account, &ready.token.environment);
        let paused = self.services().admission.is_paused(account, environment);
        paused.map_or(Ok(()), |paused| Err(RecheckError::Paused(paused)))
    }

    /// Says whether a call may still be made, with its token and the settings as they are now. Costs nothing
    /// while neither changed. A pause is none of its business: what was paid for is given out all the same.
    ///
    /// The call keeps the price that it holds and the deadline that it was given.
    pub fn recheck(&self, call: &Recheck<'_>) -> Result<(), RecheckError> {
        let services = self.services();
        let token = services.tokens.recheck(&call.token.id, call.secret.number);
        let token = token.map_err(RecheckError::Token)?;
        let settings = services.settings.now();
        if Arc::ptr_eq(&token, call.token) && Arc::ptr_eq(&settings, call.settings) {
            return Ok(());
        }
        let environment =
            settings.enabled(&token.environment).map_err(RecheckError::EnvironmentOff)?;
        if environment.account != *call.account {
            return Err(RecheckError::EnvironmentMoved(token.environment.clone()));
        }
        let route = same_route(&settings, call.route)?;
        authorization::check(&token, environment, route, call.demand, call.client)
            .map_err(RecheckError::Denied)?;
        let opened_at = call.held.map_or_else(|| services.clock.now(), |(_, opened_at)| opened_at);
        let budgets = Budgets::covering(&settings, environment, &token, route, opened_at);
        self.recheck_money(call, route, &budgets)
    }

    fn recheck_money(
        &self,
        call: &Recheck<'_>,
        route: &Route,
        budgets: &Budgets,
    ) -> Result<(), RecheckError> {
        match call.held {
            Some((price, opened_at)) => {
                let held = self.services().ledger.check_held(budgets, price, opened_at);
                held.map_err(RecheckError::OverBudget)
            }
            // It was let in without a price because no budget covered it.
            None if route.spends(call.demand.is_quote) && !budgets.limits.is_empty() => {
                Err(RecheckError::Unpriced(route.name.clone()))
            }
            None => Ok(()),
        }
    }

    /// Asks now and after each change of any token or of the settings, until the answer is no.
    pub async fn until_refused<E>(&self, check: impl Fn() -> Result<(), E>) -> E {
        let services = self.services();
        // Before the first look: a change between the two would be missed, and nobody woken for it.
        let (mut tokens, mut settings) = (services.tokens.changes(), services.settings.changes());
        loop {
            if let Err(refusal) = check() {
                return refusal;
            }
            let changed = tokio::select! {
                changed = tokens.changed() => changed,
                changed = settings.changed() => changed,
            };
            if changed.is_err() {
                // Nobody will change anything any more: that the gateway ends is no refusal.
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Returns the route as the settings have it now, if it still means the same path.
fn same_route<'s>(settings: &'s Settings, route: &Route) -> Result<&'s Route, RecheckError> {
    let is_same = |now: &&Arc<Route>| {
        let is_same_path = now.path.as_str() == route.path.as_str();
        now.enabled && now.method == route.method && is_same_path
    };
    let now = settings.routes.by_name(&route.name).filter(is_same);
    now.map(AsRef::as_ref).ok_or_else(|| RecheckError::RouteGone(route.name.clone()))
}

impl ReadyCall {
    /// Returns what is asked about before the call is sent.
    pub(super) fn to_recheck(&self) -> Recheck<'_> {
        Recheck {
            token: &self.token,
            secret: self.secret,
            settings: &self.settings,
            account: &self.account,
            route: &self.route,
            demand: &self.demand,
            client: self.client_addr,
            held: self.held,
        }
    }
}
