//! Refusals, as either generation of the API words them.
//!
//! A refusal is not billed, whatever its status.

use super::{answer::SimulatedAnswer, routes::Family};
use serde_json::{Value as Json, json};

/// Why a request is refused.
///
/// The words are the stand-in's own; statuses and members are Ideogram's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SimulatedRefusal {
    /// The key is missing or wrong, and this status says so.
    Stranger(u16),
    /// There is no such path, or no such thing.
    NotFound,
    /// The body is too large.
    TooLarge,
    /// The body is of another kind.
    Kind,
    /// Something in the request is wrong.
    Invalid(String),
    /// The safety check says no.
    Unsafe,
    /// The balance does not cover it.
    Funds,
    /// Too many images are in flight; so many may be.
    InFlight(u32),
    /// A generation is asked for too often.
    Polls,
    /// It went wrong here.
    Failed,
}

impl SimulatedRefusal {
    /// Returns the refusal that usually has `status`, if there is one.
    ///
    /// Scripts use it to answer with a status and the body that goes with it.
    pub fn usual(status: u16, cap: u32) -> Option<Self> {
        Some(match status {
            400 => Self::Invalid("the request is not valid".to_owned()),
            401 | 403 => Self::Stranger(status),
            402 => Self::Funds,
            404 => Self::NotFound,
            413 => Self::TooLarge,
            415 => Self::Kind,
            422 => Self::Unsafe,
            429 => Self::InFlight(cap),
            500 => Self::Failed,
            _ => return None,
        })
    }

    /// Returns the answer that says it.
    ///
    /// `/v1` has `error` alone; `/v2` adds `reject_reason` where Ideogram names one. Only a refused poll says
    /// when to try again.
    pub fn answer(&self, family: Family) -> SimulatedAnswer {
        let mut body = json!({"error": self.words()});
        if family == Family::V2 {
            self.reason(&mut body);
        }
        let answer = SimulatedAnswer::json(&body).with_status(self.status());
        if *self == Self::Polls { answer.retry_after(10) } else { answer }
    }

    /// Returns the status.
    fn status(&self) -> u16 {
        match self {
            Self::Stranger(status) => *status,
            Self::NotFound => 404,
            Self::TooLarge => 413,
            Self::Kind => 415,
            Self::Invalid(_) => 400,
            Self::Unsafe => 422,
            Self::Funds => 402,
            Self::InFlight(_) | Self::Polls => 429,
            Self::Failed => 500,
        }
    }

    /// Returns what is told in `error`.
    fn words(&self) -> &str {
        match self {
            Self::Stranger(_) => "no key, or not a key of this account",
            Self::NotFound => "not found",
            Self::TooLarge => "the upload is too large",
            Self::Kind => "this kind of body is not taken here",
            Self::Invalid(problem) => problem,
            Self::Unsafe => "the prompt did not pass the safety check",
            Self::Funds => "the balance does not cover this request",
            Self::InFlight(_) => "too many images are in flight",
            Self::Polls => "generations are asked for too often",
            Self::Failed => "the generation failed",
        }
    }

    /// Adds why, in the words of `/v2`.
    fn reason(&self, body: &mut Json) {
        match self {
            Self::Funds => body["reject_reason"] = json!("insufficient_funds"),
            Self::InFlight(cap) => {
                body["reject_reason"] = json!("inflight_limit");
                body["max_inflight_requests"] = json!(cap);
            }
            _ => {}
        }
    }
}
