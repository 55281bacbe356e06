//! How a call ends for its client.

use super::{DeliveryGuard, RecheckError};
use crate::{
    accounts::BreakerState,
    domain::{CallId, ErrorCode, Outcome, Places, Usd},
    spool::Spool,
};
use http::{HeaderMap, StatusCode};
use std::time::Duration;

/// A call that Ideogram answered; the answer is recorded and may go out.
#[derive(Debug)]
pub struct Finished {
    /// Ideogram's status.
    pub status: StatusCode,
    /// Ideogram's headers that are passed on.
    pub headers: HeaderMap,
    /// Ideogram's body, byte for byte.
    pub body: Spool,
    /// Whether the gateway's key had to be overwritten in it.
    pub echoed_key: bool,
    /// Keeps a paid answer for an identical retry unless it is marked as delivered.
    pub receipt: Option<DeliveryGuard>,
    /// What the call took and cost.
    pub summary: CallSummary,
}

/// What a call that reached the commit took and cost.
#[derive(Debug, Clone)]
pub struct CallSummary {
    /// Names the call.
    pub call: CallId,
    /// How it ended.
    pub outcome: Outcome,
    /// Places it took.
    pub places: Places,
    /// What was charged, when it is known.
    pub charged: Option<Usd>,
    /// What is left of the tightest budget, when there is one.
    pub budget_left: Option<Usd>,
    /// How long it waited in the queue.
    pub queue: Duration,
    /// How long Ideogram took.
    pub upstream: Duration,
}

/// A call was not answered by Ideogram.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The token was revoked, or may do less, while the call waited.
    #[error("the call may not be made any more")]
    Rechecked(#[from] RecheckError),
    /// The environment has no usable key.
    #[error("environment has no key")]
    NoKey,
    /// Ideogram rejects the environment's key, as was found before this call.
    #[error("ideogram rejects the environment's key")]
    KeyRejected {
        /// When it is worth asking again.
        retry_after: Duration,
    },
    /// Ideogram said that the balance does not cover calls of this price.
    #[error("the balance does not cover calls of this price")]
    NoBalance(BreakerState),
    /// The intent could not be made durable, and nothing was sent; or the one record of a read, and nothing
    /// is shown.
    #[error("the call could not be recorded")]
    Unrecorded(#[source] crate::store::JournalError),
    /// The call was recorded, and ended in an answer that the gateway makes itself.
    #[error("call ended with {code}")]
    Ended {
        /// The answer's code.
        code: ErrorCode,
        /// What the call took.
        summary: Box<CallSummary>,
    },
    /// The call's task is gone; its record tells the rest.
    #[error("call was cut off")]
    CutOff,
}
