//! Third stage: the body is here, its demand is known, the policy allows it.

use super::{
    again::NeedsOf,
    allowed::AllowedCall,
    idempotent,
    recalled::{Again, NewCall, Recalled},
    refused::Refused,
};
use crate::{
    calls::Recall,
    domain::{ErrorCode, GenerationId, Places, Timestamp, Usd},
    inspection::Inspected,
    spool::Spool,
    web::header::QUEUE_TIMEOUT,
};
use std::{sync::Arc, time::Duration};
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
    /// Looks for the call that took the same idempotency key, or without a key for an identical one
    /// whose answer nobody received.
    pub(super) async fn recall(self) -> Result<Recalled, Refused> {
        let deadline = Instant::now() + self.queue_timeout()?;
        if !self.allowed.route.is_billable() || self.inspected.demand.is_quote {
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
                Ok(Recalled::Answered(Box::new(self), answer, Again::Recovered))
            }
            Recall::InProgress(call) => Err(idempotent::in_progress(&call)),
            Recall::Unknown(call) => Err(idempotent::unknown(&call)),
        }
    }

    /// Looks at the token as it is now: it may have been withdrawn or reduced meanwhile.
    pub(super) fn check_again(&self) -> Result<(), Refused> {
        self.check_again_with(None)
    }

    /// Does the same for a call that holds money since a time.
    pub(super) fn check_again_with(&self, held: Option<(Usd, Timestamp)>) -> Result<(), Refused> {
        let AllowedCall { gateway, token, secret, environment, route, knock } = &self.allowed;
        let now = gateway.tokens.recheck(&token.id, secret.number);
        let now = now.map_err(|refusal| Refused::token(&refusal))?;
        if Arc::ptr_eq(&now, token) {
            return Ok(());
        }
        let (demand, client) = (&self.inspected.demand, knock.client);
        NeedsOf { gateway, environment, route, demand, client, held }.check(&now)
    }

    fn into_new(self, deadline: Instant) -> Recalled {
        Recalled::New(Box::new(NewCall { inspected: self, deadline, claim: None }))
    }

    /// Returns how long the call may wait: as asked, as the token or the environment says, or as the
    /// queue does; never longer than the token's or the queue's longest.
    fn queue_timeout(&self) -> Result<Duration, Refused> {
        let queue = &self.allowed.gateway.settings.queue;
        let set = self.allowed.token.limits.queue_timeout;
        let usual = set.or(self.allowed.environment.queue_timeout).unwrap_or(queue.timeout);
        let longest = queue.max_timeout.min(set.unwrap_or(Duration::MAX));
        let Some(asked) = self.allowed.knock.headers.get(QUEUE_TIMEOUT) else {
            return Ok(usual.min(longest));
        };
        let asked = asked.to_str().ok().and_then(|text| humantime::parse_duration(text).ok());
        let asked = asked.ok_or_else(|| {
            let message = "Ideogate-Queue-Timeout must be a duration like 60s";
            Refused::new(ErrorCode::MalformedRequest, message).field("Ideogate-Queue-Timeout")
        })?;
        Ok(asked.min(longest))
    }
}
