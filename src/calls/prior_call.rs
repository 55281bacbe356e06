//! What was sent before: the one answer to "is this a call that was made already?".

use super::FetchError;
use crate::{
    answers::{Claimed, KeptAnswer},
    domain::CallId,
};

/// What an earlier call means for a request, whether an idempotency key names it or it is identical.
#[derive(Debug)]
pub enum PriorCall {
    /// There is none: this request is a call of its own, with the idempotency key that it took.
    None(Option<Claimed>),
    /// Its answer, which was paid for, and why it may be given.
    Answered(Box<KeptAnswer>, ReplayKind),
    /// It still runs, and this request has waited as long as it may.
    Running(CallId),
    /// It was sent and nobody knows its end; sending again could pay twice.
    Unknown(CallId),
    /// It came under the same idempotency key, and is another request.
    Conflict(CallId),
    /// Its answer is kept and cannot be read now.
    Unreadable(FetchError),
}

/// Why an earlier answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayKind {
    /// Nobody had received it; it is given once.
    Recovered,
    /// An idempotency key names it; it is given as often as it is asked for.
    Replayed,
}
