//! Fourth stage: nothing like it is under way or unclaimed.

use super::{
    context::CallContext,
    idempotent,
    inspected::{AskedFor, InspectedCall},
    rejection::Rejection,
};
use crate::{
    answers::{Claimed, KeptAnswer},
    calls::{PriorCall, ReplayKind},
    domain::ErrorCode,
};
use std::time::Duration;
use tokio::time::Instant;

/// What an earlier call means for the way of this one.
#[derive(Debug)]
pub(super) enum RecallStep {
    /// Nothing: the call goes on.
    New(Box<NewCall>),
    /// Its answer is this caller's.
    Answered(Box<InspectedCall>, Box<KeptAnswer>, ReplayKind),
}

/// A request that is to be sent.
#[derive(Debug)]
pub(super) struct NewCall {
    pub(super) context: Box<CallContext>,
    pub(super) asked: AskedFor,
    pub(super) deadline: Instant,
    /// The idempotency key it took.
    pub(super) claim: Option<Claimed>,
}

impl InspectedCall {
    /// Returns when the call must have got its places.
    pub(super) fn deadline(&self) -> Result<Instant, Rejection> {
        Ok(Instant::now() + self.context.allowance()?.span())
    }

    /// Looks for the call that took the same idempotency key, or without a key for an identical one
    /// whose answer nobody received; waits for one that runs until `deadline`.
    pub(super) async fn recall(self, deadline: Instant) -> Result<RecallStep, Rejection> {
        let prior = if self.context.spends(&self.asked.demand) {
            self.prior_call(deadline).await?
        } else {
            PriorCall::None(None)
        };
        match prior {
            PriorCall::None(claim) => {
                let Self { context, asked } = self;
                Ok(RecallStep::New(Box::new(NewCall { context, asked, deadline, claim })))
            }
            PriorCall::Answered(answer, kind) => {
                Ok(RecallStep::Answered(Box::new(self), answer, kind))
            }
            PriorCall::Running(call) => Err(idempotent::in_progress(&call)),
            PriorCall::Unknown(call) => Err(idempotent::unknown(&call)),
            PriorCall::Conflict(call) => Err(idempotent::reused(&call)),
            PriorCall::Unreadable(error) => {
                let message = "the kept answer cannot be read now; nothing was sent";
                Err(Rejection::new(ErrorCode::StoreUnavailable, message)
                    .because(error.to_string())
                    .retry_after(Duration::from_secs(5)))
            }
        }
    }

    async fn prior_call(&self, deadline: Instant) -> Result<PriorCall, Rejection> {
        let CallContext { gateway, request, token, .. } = &*self.context;
        let print = self.asked.fingerprint;
        // With a key, the key alone decides: two keys are two calls, however alike.
        Ok(match idempotent::key(&request.headers)? {
            Some(key) => gateway.calls.claim(&token.id, &key, print, deadline).await,
            None => gateway.calls.recall(&print, &request.connection, deadline).await,
        })
    }
}
