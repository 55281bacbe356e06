//! Requests that carry an idempotency key.

use super::{
    inspected::InspectedCall,
    recalled::{NewCall, RecallStep, ReplayKind},
    rejection::Rejection,
};
use crate::{
    calls::Claiming,
    domain::{CallId, ErrorCode, IdempotencyKey},
    web::header::IDEMPOTENCY_KEY,
};
use http::HeaderMap;
use std::time::Duration;
use tokio::time::Instant;

/// The header as it is written in words.
const NAME: &str = "Idempotency-Key";

/// Returns the key a request came with.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Rejection> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        let message = format!("{NAME} came more than once");
        return Err(Rejection::new(ErrorCode::AmbiguousRequest, message).field(NAME));
    }
    let key = value.to_str().ok().and_then(|text| text.parse().ok());
    key.map(Some).ok_or_else(|| {
        let message = format!("{NAME} must be 1 to 255 visible ASCII characters");
        Rejection::new(ErrorCode::MalformedRequest, message).field(NAME)
    })
}

impl InspectedCall {
    /// Takes the key for this request, or returns what the earlier one under the key left.
    pub(super) async fn recall_by_key(
        self,
        key: &IdempotencyKey,
        deadline: Instant,
    ) -> Result<RecallStep, Rejection> {
        let (token, print) = (&self.allowed.token.id, self.inspected.fingerprint);
        match self.allowed.gateway.calls.claim(token, key, print, deadline).await {
            Claiming::New(claim) => {
                let claim = Some(claim);
                Ok(RecallStep::New(Box::new(NewCall { inspected: self, deadline, claim })))
            }
            Claiming::Answered(answer) => {
                Ok(RecallStep::Answered(Box::new(self), answer, ReplayKind::Replayed))
            }
            Claiming::InProgress(call) => Err(in_progress(&call)),
            Claiming::Unknown(call) => Err(unknown(&call)),
            Claiming::Reused(call) => {
                let message = format!("this {NAME} came before with another request ({call})");
                Err(Rejection::new(ErrorCode::IdempotencyKeyReused, message).field(NAME))
            }
            Claiming::Unreadable(error) => {
                let message = "the kept answer cannot be read now; nothing was sent";
                Err(Rejection::new(ErrorCode::StoreUnavailable, message)
                    .because(error.to_string())
                    .retry_after(Duration::from_secs(5)))
            }
        }
    }
}

/// Refuses a request whose twin runs longer than it could wait.
pub(super) fn in_progress(call: &CallId) -> Rejection {
    let message = format!("an identical call is still running ({call}); ask again for its answer");
    Rejection::new(ErrorCode::CallInProgress, message).retry_after(Duration::from_secs(5))
}

/// Refuses a request whose twin may have been billed.
pub(super) fn unknown(call: &CallId) -> Rejection {
    let message = format!(
        "an identical call was sent and its outcome is unknown ({call}); sending it again could be billed twice"
    );
    Rejection::new(ErrorCode::OutcomeUnknown, message)
}
