//! Fourth stage: nothing like it is under way or unclaimed.

use super::{held::HeldCall, inspected::InspectedCall, rejection::Rejection};
use crate::{
    answers::{Claimed, KeptAnswer},
    ledger::Budgets,
};
use tokio::time::Instant;

/// What an identical earlier call means.
#[derive(Debug)]
pub(super) enum RecallStep {
    /// Nothing: the call goes on.
    New(Box<NewCall>),
    /// Its answer is this caller's.
    Answered(Box<InspectedCall>, Box<KeptAnswer>, ReplayKind),
}

/// Why an earlier answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplayKind {
    /// Nobody had received it; it is given once.
    Recovered,
    /// An idempotency key names it; it is given as often as it is asked for.
    Replayed,
}

/// A request that is to be sent.
#[derive(Debug)]
pub(super) struct NewCall {
    pub(super) inspected: InspectedCall,
    pub(super) deadline: Instant,
    /// The idempotency key it took.
    pub(super) claim: Option<Claimed>,
}

impl NewCall {
    /// Holds what the call may use of its token's rate and of every budget that covers it.
    pub(super) fn hold(self: Box<Self>) -> Result<HeldCall, Rejection> {
        self.inspected.count()?;
        let allowed = &self.inspected.allowed;
        let settings = &allowed.gateway.settings;
        let (environment, token) = (&allowed.environment, &allowed.token);
        let budgets = Budgets::covering(settings, environment, token, &allowed.route);
        let demand = &self.inspected.inspected.demand;
        let hold = allowed.gateway.ledger.hold(budgets, &allowed.route, demand)?;
        if let Some(line) = allowed.gateway.calls.line(&allowed.environment.account)
            && allowed.route.spends(demand.is_quote)
            && let Some(state) = line.breaker.would_stop(hold.bound())
        {
            return Err(Rejection::balance(&state));
        }
        Ok(HeldCall { call: self, hold })
    }
}
