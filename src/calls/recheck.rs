//! Asking once more whether a call may be made: its token may have been revoked, or may do less, while the
//! call waited.

use super::{Calls, ReadyCall};
use crate::{
    authorization::{self, Denial},
    domain::{Demand, ErrorCode, Route, Timestamp, Token, Usd},
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
    /// The route.
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
    /// Its token or environment allows less now.
    #[error("{0}")]
    Denied(#[source] Denial),
    /// A budget became smaller than what counts against it, this call included.
    #[error("{0}")]
    OverBudget(#[source] BudgetExceeded),
}

impl RecheckError {
    /// Returns the code of the answer.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Token(_) => ErrorCode::TokenInvalid,
            Self::Denied(denial) => denial.code(),
            Self::OverBudget(_) => ErrorCode::BudgetExceeded,
        }
    }

    /// Returns the words for the record.
    pub(super) fn reason(&self) -> Box<str> {
        match self {
            Self::Token(refusal) => refusal.reason().into(),
            reduced => format!("token reduced: {reduced}").into(),
        }
    }
}

impl Calls {
    /// Says whether a call may still be made, with its token as it is now. Costs nothing while the token was
    /// not changed.
    pub fn recheck(&self, call: &Recheck<'_>) -> Result<(), RecheckError> {
        let services = self.services();
        let now = services.tokens.recheck(&call.token.id, call.secret.number);
        let now = now.map_err(RecheckError::Token)?;
        if Arc::ptr_eq(&now, call.token) {
            return Ok(());
        }
        let settings = services.settings.now();
        // It was there when the call came in, and settings do not change while the gateway runs.
        let Some(environment) = settings.environments.get(&now.environment) else { return Ok(()) };
        authorization::check(&now, environment, call.route, call.demand, call.client)
            .map_err(RecheckError::Denied)?;
        let Some((price, opened_at)) = call.held else { return Ok(()) };
        let budgets = Budgets::covering(&settings, environment, &now, call.route);
        let held = services.ledger.check_held(&budgets, price, opened_at);
        held.map_err(RecheckError::OverBudget)
    }
}

impl ReadyCall {
    /// Returns what is asked about before the call is sent.
    pub(super) fn to_recheck(&self) -> Recheck<'_> {
        Recheck {
            token: &self.token,
            secret: self.secret,
            route: &self.route,
            demand: &self.demand,
            client: self.client_addr,
            held: self.held,
        }
    }
}
