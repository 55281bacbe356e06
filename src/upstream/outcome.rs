//! What became of a call.

use super::UpstreamAnswer;
use crate::store::SendWarrant;
use http::StatusCode;
use std::io;

/// What became of a call that was to be sent. The table in [the room's front page](super) says
/// which answer leads where, and what it means for money. Every call that was to be sent has
/// exactly one, unless its future is dropped.
#[derive(Debug)]
pub enum SendOutcome {
    /// Ideogram answered, and what it means is clear from the status: 2xx is billed, all else is
    /// not.
    Answered(UpstreamAnswer),
    /// Ideogram has no room now (429). Not billed; the warrant allows sending again.
    RefusedForNow {
        /// What it said.
        answer: UpstreamAnswer,
        /// Handed back.
        warrant: SendWarrant,
    },
    /// Ideogram did not take the key (401). Not billed; the warrant allows sending again.
    RejectedKey {
        /// What it said.
        answer: UpstreamAnswer,
        /// Handed back.
        warrant: SendWarrant,
    },
    /// No byte of the request was written. Not billed; the warrant allows sending again.
    NotSent {
        /// What was in the way.
        cause: NotSent,
        /// Handed back.
        warrant: SendWarrant,
    },
    /// Ideogram did it (2xx) and bills it, but the answer could not be read in full.
    Charged {
        /// Its status.
        status: StatusCode,
        /// Why there is no answer.
        reason: Unreadable,
    },
    /// Ideogram did not do it (4xx or a clear 5xx) and does not bill it, but its answer could not
    /// be read in full. The warrant is spent all the same, for a 429 or 401 too.
    Released {
        /// Its status.
        status: StatusCode,
        /// Why there is no answer.
        reason: Unreadable,
    },
    /// Something was written, and nobody can say what became of it. Must not be sent again.
    Unknown {
        /// Why nobody can say.
        reason: UnknownReason,
        /// An answer that may be passed on: 502, 504, 52x, other 5xx that are not JSON.
        answer: Option<UpstreamAnswer>,
    },
}

impl SendOutcome {
    /// Returns what Ideogram said, if that could be read. A refusal has one too.
    pub fn answer(&self) -> Option<&UpstreamAnswer> {
        match self {
            Self::Answered(answer)
            | Self::RefusedForNow { answer, .. }
            | Self::RejectedKey { answer, .. } => Some(answer),
            Self::Unknown { answer, .. } => answer.as_ref(),
            Self::NotSent { .. } | Self::Charged { .. } | Self::Released { .. } => None,
        }
    }
}

/// Why nothing was sent. Nothing was written, so nothing was billed. Whoever is told this may try
/// again without paying twice.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// The path or query cannot be sent as it is.
    #[error("the request target is not valid")]
    Target,
    /// The key is of another account.
    #[error("the key belongs to another account")]
    ForeignKey,
    /// The name was not found, or only at addresses that may not be used.
    #[error("the upstream's name could not be resolved")]
    Resolve(#[source] io::Error),
    /// No address took the connection.
    #[error("the upstream could not be connected to")]
    Connect(#[source] io::Error),
    /// The other side could not prove who it is, or speaks no TLS that we speak.
    #[error("the upstream could not be trusted: {0}")]
    Tls(Box<str>),
    /// Time ran out before the first byte. The time is the shorter one of connecting and of the
    /// call.
    #[error("the upstream could not be reached in time")]
    Timeout,
    /// The connection broke before the first byte.
    #[error("the connection was lost before anything was sent")]
    Lost,
}

/// Why nobody can say what became of a call. The texts of the reasons are on record and never
/// change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnknownReason {
    /// Our time ran out after the first byte.
    #[error("timeout")]
    Timeout,
    /// The connection broke after the first byte.
    #[error("reset")]
    Reset,
    /// What came back is not HTTP that we understand.
    #[error("protocol")]
    Protocol,
    /// A redirect; never followed.
    #[error("redirect")]
    Redirect,
    /// Something between us and Ideogram answered in its stead.
    #[error("gateway")]
    Gateway,
    /// Our own copy of the request could not be read to its end.
    #[error("request_body")]
    RequestBody,
}

/// Why an answer could not be had in full. What the status said of the money stands all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It was cut off, or broke the protocol on the way.
    #[error("truncated")]
    Truncated,
    /// Our time ran out.
    #[error("timeout")]
    Timeout,
    /// It is larger than an answer may be.
    #[error("too_large")]
    TooLarge,
    /// There was no room to keep it. The disk is full, or the budget for bodies is used up.
    #[error("no_room")]
    NoRoom,
}

/// Why one of the gateway's own reads has no answer. Reads cost nothing, so each of them may be
/// asked again.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing was sent.
    #[error("nothing was sent")]
    NotSent(#[source] NotSent),
    /// It was sent, and there is no answer.
    #[error("no answer")]
    Unanswered(#[source] UnknownReason),
    /// There is an answer that could not be read in full.
    #[error("the answer could not be read")]
    Unreadable(#[source] Unreadable),
}

impl UnknownReason {
    /// Returns the reason as the audit keeps it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Protocol => "protocol",
            Self::Redirect => "redirect",
            Self::Gateway => "gateway",
            Self::RequestBody => "request_body",
        }
    }
}

impl Unreadable {
    /// Returns the reason as the audit keeps it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::NoRoom => "no_room",
        }
    }
}
