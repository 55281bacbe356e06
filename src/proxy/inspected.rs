//! Third stage: the body is here, its demand is known, the policy allows it.

use super::{
    allowed::AllowedCall,
    idempotent,
    recalled::{NewCall, RecallStep, ReplayKind},
    recheck::NeedsOf,
    rejection::Rejection,
};
use crate::{
    calls::Recall,
    domain::{GenerationId, Places, Timestamp, Usd},
    inspection::Inspected,
    spool::Spool,
};
use std::sync::Arc;
use tokio::time::Instant;

/// A request that could be sent, were it not for earlier ones like it.
#[derive(Debug)]
pub(super) struct InspectedCall {
    pub(super) allowed: AllowedCall,
    pub(super) body: Spool,
    pub(super) inspected: Inspected,
    pub(super) places: Places,
    pub(super) polled: Option<GenerationId>,
}

impl InspectedCall {
    /// Returns when the call must have got its places.
    pub(super) fn deadline(&self) -> Result<Instant, Rejection> {
        Ok(Instant::now() + self.allowed.allowance()?.span())
    }

    /// Looks for the call that took the same idempotency key, or without a key for an identical one
    /// whose answer nobody received.
    pub(super) async fn recall(self, deadline: Instant) -> Result<RecallStep, Rejection> {
        if !self.allowed.route.spends(self.inspected.demand.is_quote) {
            return Ok(self.into_new(deadline));
        }
        // With a key, the key alone decides: two keys are two calls, however alike.
        if let Some(key) = idempotent::key(&self.allowed.knock.headers)? {
            return self.recall_by_key(&key, deadline).await;
        }
        let (print, client) = (self.inspected.fingerprint, &self.allowed.knock.connection);
        match self.allowed.gateway.calls.recall(&print, client, deadline).await {
            Recall::New => Ok(self.into_new(deadline)),
            Recall::Answered(answer) => {
                Ok(RecallStep::Answered(Box::new(self), answer, ReplayKind::Recovered))
            }
            Recall::InProgress(call) => Err(idempotent::in_progress(&call)),
            Recall::Unknown(call) => Err(idempotent::unknown(&call)),
        }
    }

    /// Looks at the token as it is now: it may have been withdrawn or reduced meanwhile.
    pub(super) fn check_again(&self) -> Result<(), Rejection> {
        self.check_again_with(None)
    }

    /// Does the same for a call that holds money since a time.
    pub(super) fn check_again_with(&self, held: Option<(Usd, Timestamp)>) -> Result<(), Rejection> {
        let AllowedCall { gateway, token, secret, environment, route, knock, .. } = &self.allowed;
        let now = gateway.tokens.recheck(&token.id, secret.number);
        let now = now.map_err(|refusal| Rejection::token(&refusal))?;
        if Arc::ptr_eq(&now, token) {
            return Ok(());
        }
        let (demand, client) = (&self.inspected.demand, knock.client);
        NeedsOf { gateway, environment, route, demand, client, held }.check(&now)
    }

    fn into_new(self, deadline: Instant) -> RecallStep {
        RecallStep::New(Box::new(NewCall { inspected: self, deadline, claim: None }))
    }
}
