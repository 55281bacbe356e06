//! The outcome table: what each way of ending means for money, places and client.
//!
//! | what happened | outcome | places | client gets |
//! | --- | --- | --- | --- |
//! | nothing written | failed | free | 502 `upstream_unreachable`, may retry |
//! | 2xx | success | free, or held while its generation is pending | the answer |
//! | 4xx, 500, 503 with JSON, final 429 | failed | free | the answer |
//! | 4xx, 500, 503 that cannot be read | failed | free | 502 `upstream_unreachable`, may retry |
//! | 401, confirmed by `GET /models` | failed | free | 502 `upstream_rejected_key` |
//! | 502, 504, 52x, other 5xx without JSON | unknown | held | the answer, `x-should-retry: false` |
//! | 3xx, 101, broken HTTP | unknown | held | 502 `upstream_protocol_error` |
//! | reset after the first byte, timeout | unknown | held | 502 `outcome_unknown` |
//! | 2xx that cannot be read | unknown, charged in full | held | 502 `outcome_unknown` |
//!
//! A route that costs nothing and takes no place cannot leave anything unknown: whatever goes wrong
//! there is failed, and may be tried again.

use crate::{
    domain::{ErrorCode, Outcome, Route, error_chain},
    upstream::{SendOutcome, UnknownReason, UpstreamAnswer},
};

/// What becomes of a call.
#[derive(Debug)]
pub(super) struct Conclusion {
    pub(super) outcome: Outcome,
    pub(super) reason: Option<Box<str>>,
    pub(super) upstream_status: Option<u16>,
    pub(super) reply: ClientReply,
    /// Whether it is charged in full although its end is unknown.
    pub(super) is_charged: bool,
}

/// What the client gets.
#[derive(Debug)]
pub(super) enum ClientReply {
    /// Ideogram's answer.
    PassOn(UpstreamAnswer),
    /// An answer of the gateway.
    Own(ErrorCode),
}

impl Conclusion {
    /// Ends a call with Ideogram's answer as it is.
    pub(super) fn passed_on(outcome: Outcome, answer: UpstreamAnswer) -> Self {
        let upstream_status = Some(answer.status.as_u16());
        Self {
            outcome,
            reason: None,
            upstream_status,
            reply: ClientReply::PassOn(answer),
            is_charged: false,
        }
    }

    /// Ends a call with an answer of the gateway.
    pub(super) fn own(outcome: Outcome, code: ErrorCode, reason: impl Into<Box<str>>) -> Self {
        let reply = ClientReply::Own(code);
        let (reason, upstream_status) = (Some(reason.into()), None);
        Self { outcome, reason, upstream_status, reply, is_charged: false }
    }

    /// Says whether the answer was paid for and is there.
    pub(super) fn is_success(&self) -> bool {
        self.outcome == Outcome::Success
    }

    /// Reads the outcome table for a sending that is over.
    pub(super) fn new(sent: SendOutcome, route: &Route) -> Self {
        let ending = match sent {
            SendOutcome::Answered(answer) if answer.status.is_success() => {
                Self::passed_on(Outcome::Success, answer)
            }
            SendOutcome::Answered(answer)
            | SendOutcome::RefusedForNow { answer, .. }
            | SendOutcome::RejectedKey { answer, .. } => Self::passed_on(Outcome::Failed, answer),
            SendOutcome::NotSent { cause, .. } => {
                Self::own(Outcome::Failed, ErrorCode::UpstreamUnreachable, error_chain(&cause))
            }
            SendOutcome::Charged { status, reason } => Self {
                upstream_status: Some(status.as_u16()),
                is_charged: true,
                ..Self::own(Outcome::Unknown, ErrorCode::OutcomeUnknown, error_chain(&reason))
            },
            SendOutcome::Released { status, reason } => Self {
                upstream_status: Some(status.as_u16()),
                ..Self::own(Outcome::Failed, ErrorCode::UpstreamUnreachable, error_chain(&reason))
            },
            SendOutcome::Unknown { reason, answer } => Self::unknown(reason, answer),
        };
        if route.is_billable() { ending } else { ending.without_consequences() }
    }

    fn unknown(reason: UnknownReason, answer: Option<UpstreamAnswer>) -> Self {
        let Some(answer) = answer else {
            let code = match reason {
                UnknownReason::Redirect | UnknownReason::Protocol => {
                    ErrorCode::UpstreamProtocolError
                }
                _ => ErrorCode::OutcomeUnknown,
            };
            return Self::own(Outcome::Unknown, code, error_chain(&reason));
        };
        let mut ending = Self::passed_on(Outcome::Unknown, answer);
        ending.reason = Some(error_chain(&reason).into());
        ending
    }

    fn without_consequences(mut self) -> Self {
        if self.outcome == Outcome::Unknown {
            self.outcome = Outcome::Failed;
            if let ClientReply::Own(
                code @ (ErrorCode::OutcomeUnknown | ErrorCode::UpstreamProtocolError),
            ) = &mut self.reply
            {
                *code = ErrorCode::UpstreamUnreachable;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::NotSent;
    use std::io;

    #[test]
    fn a_reason_names_its_cause() {
        let cause = io::Error::other("connection refused");
        assert_eq!(
            error_chain(&NotSent::Connect(cause)),
            "the upstream could not be connected to: connection refused"
        );
    }
}
