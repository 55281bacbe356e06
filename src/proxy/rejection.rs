//! Why a request gets an answer of the gateway instead of Ideogram's.

use crate::{
    accounts::BreakerState,
    admission::{AdmissionError, Paused},
    authorization::Denial,
    calls::{CallSummary, RecheckError, SendError},
    config::EnvironmentOff,
    domain::ErrorCode,
    inspection::InspectionError,
    ledger::{BudgetExceeded, HoldError},
    store::{JournalError, StoreError},
    tokens::TokenRefusal,
    web::{ClientError, ReceiveError, RejectReason},
};
use http::Method;
use std::{borrow::Cow, time::Duration};

/// A request that Ideogram does not answer: the problem its client reads, and what only the audit
/// learns.
#[derive(Debug)]
pub struct Rejection {
    /// What the client reads: what is wrong, and what to do.
    pub problem: Box<ClientError>,
    /// Words for the audit, where they differ.
    pub reason: Option<Box<str>>,
    /// What the call took, if it was sent; its outcome is recorded already.
    pub sent: Option<Box<CallSummary>>,
}

impl Rejection {
    /// Returns a refusal with this code and these words for the client.
    pub(super) fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::with(ClientError::new(code, message))
    }

    /// Returns a refusal with a problem as it is.
    pub(super) fn with(problem: ClientError) -> Self {
        Self { problem: Box::new(problem), reason: None, sent: None }
    }

    pub(super) fn because(mut self, reason: impl Into<Box<str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    pub(super) fn retry_after(mut self, span: Duration) -> Self {
        self.problem = Box::new(self.problem.retry_after(span));
        self
    }

    pub(super) fn field(mut self, field: impl Into<Box<str>>) -> Self {
        self.problem = Box::new(self.problem.field(field));
        self
    }

    pub(super) fn rule(mut self, rule: impl Into<Box<str>>) -> Self {
        self.problem = Box::new(self.problem.rule(rule));
        self
    }

    pub(super) fn wrong_method(methods: &[Method]) -> Self {
        let list = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("this path is called with {list}");
        Self::with(ClientError::new(ErrorCode::MethodNotAllowed, message).allow(list))
    }

    pub(super) fn draining() -> Self {
        let message = "the gateway is shutting down; nothing was sent";
        Self::new(ErrorCode::Draining, message).retry_after(Duration::from_secs(5))
    }

    pub(super) fn too_large(cap: u64) -> Self {
        let message = format!("the body is larger than the {cap} bytes that this route takes");
        Self::new(ErrorCode::BodyTooLarge, message)
    }

    pub(super) fn body_budget() -> Self {
        let message = "too many request bodies are being received; try again later";
        Self::new(ErrorCode::BodyBudgetExhausted, message).retry_after(Duration::from_secs(5))
    }

    pub(super) fn internal(reason: &str) -> Self {
        Self::new(ErrorCode::InternalError, "the gateway failed; nothing was sent").because(reason)
    }

    pub(super) fn store(error: &StoreError) -> Self {
        Self::new(ErrorCode::StoreUnavailable, "the gateway's database cannot be used")
            .because(error.to_string())
            .retry_after(Duration::from_secs(5))
    }

    pub(super) fn token(refusal: &TokenRefusal) -> Self {
        Self::with(ClientError::token_invalid()).because(refusal.reason())
    }

    /// A budget has no room for the call.
    pub(super) fn exceeded(exceeded: &BudgetExceeded, message: String) -> Self {
        let (subject, resets_at) = (exceeded.subject.to_string(), exceeded.resets_at);
        Self::with(ClientError::new(ErrorCode::BudgetExceeded, message).budget(subject, resets_at))
    }

    pub(super) fn balance(state: &BreakerState) -> Self {
        let message = format!(
            "Ideogram said at {} that the balance is used up; calls of {} dollars and more are stopped",
            state.since, state.from_usd
        );
        let problem = ClientError::new(ErrorCode::BalanceExhausted, message);
        Self::with(problem.reject_reason(RejectReason::InsufficientFunds))
    }

    /// The record has no room for calls.
    pub(super) fn record_full() -> Self {
        let message = "the record is full, so nothing is sent until its operators make room";
        Self::new(ErrorCode::AuditUnavailable, message).retry_after(Duration::from_mins(1))
    }

    /// The token's environment takes no calls.
    pub(super) fn environment_off(off: &EnvironmentOff) -> Self {
        let refused = Self::new(ErrorCode::EnvironmentUnavailable, off.to_string());
        refused.retry_after(Duration::from_mins(1))
    }

    /// Operators paused such calls. The end that they told is when to come back.
    fn paused(paused: &Paused) -> Self {
        let (pause, hour) = (&paused.pause, Duration::from_hours(1));
        let problem = ClientError::new(ErrorCode::Paused, pause.sentence());
        let problem = problem.paused(pause.reason.clone(), pause.until);
        Self::with(match paused.time_left() {
            Some(left) => problem.retry_after(left.clamp(Duration::from_secs(1), hour)),
            None => problem,
        })
    }

    fn audit_unavailable() -> Self {
        let message = "the audit record cannot be written, so nothing is sent";
        Self::new(ErrorCode::AuditUnavailable, message).retry_after(Duration::from_secs(5))
    }
}

impl From<AdmissionError> for Rejection {
    fn from(error: AdmissionError) -> Self {
        match error {
            AdmissionError::QueueFull { retry_after } => {
                Self::new(ErrorCode::QueueFull, "the queue is full").retry_after(retry_after)
            }
            AdmissionError::Timeout { retry_after, rule, .. }
            | AdmissionError::Futile { retry_after, rule, .. } => {
                let message = "no place is free in time; nothing was sent or billed";
                let problem =
                    ClientError::new(ErrorCode::QueueTimeout, message).rule(rule.as_str());
                Self::with(problem.retry_after(retry_after))
            }
            AdmissionError::NeverFits { cap } => {
                let message = format!("the call takes more places than the {cap} there can be");
                Self::new(ErrorCode::TooManyPlaces, message).field("num_images")
            }
            AdmissionError::Draining => Self::draining(),
            AdmissionError::Paused(paused) => Self::paused(&paused),
            AdmissionError::Stopped => Self::audit_unavailable(),
        }
    }
}

impl Rejection {
    /// Ideogram rejects the key, as was found before this call; nothing is sent until it is exchanged.
    pub(super) fn key_rejected(retry_after: Duration) -> Self {
        let message = "Ideogram rejects the gateway's key; the operator must replace it";
        let refused = Self::new(ErrorCode::EnvironmentUnavailable, message);
        refused.retry_after(retry_after.max(Duration::from_secs(1)))
    }
}

impl From<HoldError> for Rejection {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::Exceeded(exceeded) => Self::exceeded(&exceeded, exceeded.to_string()),
            HoldError::Unpriced(route) => {
                let message = format!("route {route} has no price, so a budget cannot cover it");
                Self::new(ErrorCode::PolicyDenied, message).rule("prices")
            }
        }
    }
}

impl From<Denial> for Rejection {
    fn from(denial: Denial) -> Self {
        let (code, message) = (denial.code(), denial.to_string());
        match denial {
            Denial::ScopeMissing(scope) => Self::with(ClientError::scope_missing(scope)),
            Denial::EnvironmentDenied(..) => Self::new(code, message),
            Denial::Malformed { field, .. } => Self::new(code, message).field(field),
            Denial::Rule { rule, field, .. } => {
                let refused = Self::new(code, message).rule(rule);
                match field {
                    Some(field) => refused.field(field),
                    None => refused,
                }
            }
        }
    }
}

impl From<RecheckError> for Rejection {
    fn from(error: RecheckError) -> Self {
        match error {
            RecheckError::Token(refusal) => Self::token(&refusal),
            RecheckError::EnvironmentOff(off) => Self::environment_off(&off),
            RecheckError::EnvironmentMoved(_) => {
                Self::new(ErrorCode::EnvironmentUnavailable, format!("{error}; try again"))
                    .retry_after(Duration::from_secs(1))
            }
            RecheckError::RouteGone(_) => Self::new(ErrorCode::RouteUnknown, error.to_string()),
            RecheckError::Unpriced(route) => Self::from(HoldError::Unpriced(route)),
            RecheckError::Denied(denial) => Self::from(denial),
            RecheckError::OverBudget(exceeded) => Self::from(HoldError::Exceeded(exceeded)),
            RecheckError::Paused(paused) => Self::paused(&paused),
        }
    }
}

impl From<SendError> for Rejection {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Rechecked(error) => Self::from(error),
            SendError::NoKey => {
                Self::new(ErrorCode::EnvironmentUnavailable, "the token's environment has no key")
            }
            SendError::KeyRejected { retry_after } => Self::key_rejected(retry_after),
            SendError::NoBalance(state) => Self::balance(&state),
            SendError::Unrecorded(JournalError::Full(_)) => Self::record_full(),
            SendError::Unrecorded(error) => Self::audit_unavailable().because(error.to_string()),
            // In the one wording of all tokens that are not valid, as at the door.
            SendError::Ended { code: ErrorCode::TokenInvalid, summary } => {
                Self { sent: Some(summary), ..Self::with(ClientError::token_invalid()) }
            }
            SendError::Ended { code, summary } => {
                Self { sent: Some(summary), ..Self::new(code, ended_in(code)) }
            }
            SendError::CutOff => {
                Self::new(ErrorCode::OutcomeUnknown, ended_in(ErrorCode::OutcomeUnknown))
            }
        }
    }
}

fn ended_in(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::UpstreamUnreachable => "Ideogram could not be reached; nothing was billed",
        ErrorCode::UpstreamRejectedKey => {
            "Ideogram rejects the gateway's key; the operator must replace it"
        }
        ErrorCode::ScopeMissing
        | ErrorCode::PolicyDenied
        | ErrorCode::EnvironmentDenied
        | ErrorCode::EnvironmentUnavailable
        | ErrorCode::RouteUnknown
        | ErrorCode::BudgetExceeded => {
            "the call was allowed no longer when its turn came; nothing was sent or billed"
        }
        ErrorCode::Paused => "such calls were paused; nothing was sent or billed",
        ErrorCode::UpstreamProtocolError => {
            "Ideogram answered in a way that cannot be passed on; it may have been billed"
        }
        _ => "the call was sent and its outcome is unknown; sending it again could be billed twice",
    }
}

impl From<InspectionError> for Rejection {
    fn from(error: InspectionError) -> Self {
        // The name of a field is the client's text, and the record is for ever.
        let refused = Self::new(error.code(), error.to_string()).because(error.problem());
        match error.field() {
            Some(field) => refused.field(field),
            None => refused,
        }
    }
}

impl From<ReceiveError> for Rejection {
    fn from(error: ReceiveError) -> Self {
        let refused = Self::with(error.problem());
        match error {
            ReceiveError::Kept(cause) => refused.because(cause.to_string()),
            error => refused.because(error.to_string()),
        }
    }
}
