//! Idempotency keys, and what is said to requests that were sent before.

use super::rejection::Rejection;
use crate::{
    domain::{CallId, ErrorCode, IdempotencyKey},
    web::header::IDEMPOTENCY_KEY,
};
use http::HeaderMap;
use std::time::Duration;

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

/// Refuses a request whose key names another one.
pub(super) fn reused(call: &CallId) -> Rejection {
    let message = format!("this {NAME} came before with another request ({call})");
    Rejection::new(ErrorCode::IdempotencyKeyReused, message).field(NAME)
}
