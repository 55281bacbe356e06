//! Answers that the gateway makes itself on the data plane.

use super::{
    body::Body,
    header::{self, whole_seconds},
    help::HelpLinks,
    strict::ProtocolFault,
};
use crate::{
    authorization::Denial,
    domain::{ErrorCode, Places, RequestId, Scope, Timestamp},
};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header as standard};
use serde::Serialize;
use std::{borrow::Cow, time::Duration};

/// Why a request was refused, in Ideogram's own vocabulary, which its clients know already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// Too many images in flight.
    InflightLimit,
    /// The day's budget is used up.
    DailyLimit,
    /// The balance is used up.
    InsufficientFunds,
    /// Not included.
    FeatureLimit,
}

/// An answer that the gateway makes itself: whose fault, and what to do.
///
/// The message is for the app's developer; causes belong into the log.
#[derive(Debug, Clone)]
pub struct ClientError {
    code: ErrorCode,
    message: Cow<'static, str>,
    retry_after: Option<Duration>,
    reject_reason: Option<RejectReason>,
    allow: Option<Cow<'static, str>>,
    closes: bool,
    details: Details,
}

/// What some problems tell beside the fields that all have.
#[derive(Debug, Clone, Default, Serialize)]
struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_inflight_requests: Option<Places>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Box<str>>,
    #[serde(flatten)]
    wait: Option<WaitTold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resets_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_until: Option<Timestamp>,
}

/// How long a call waited in the queue, and how long it might have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WaitTold {
    /// How long it waited.
    pub waited_ms: u64,
    /// The longest it would have.
    pub allowed_ms: u64,
    /// Who said so: `header`, `token`, `environment` or `settings`.
    pub allowed_by: &'static str,
}

/// The JSON, in the order that people read it. What there is nothing to say of is left out: some generated
/// clients end their process on a null, and others show people the word.
#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'a str,
    message: &'a str,
    code: ErrorCode,
    status: u16,
    request_id: &'a str,
    source: &'static str,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reject_reason: Option<RejectReason>,
    doc: String,
    #[serde(flatten)]
    details: &'a Details,
}

impl ClientError {
    /// Returns a problem whose message says what was wrong and what to do.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after: default_retry_after(code),
            reject_reason: default_reject_reason(code),
            allow: None,
            closes: false,
            details: Details::default(),
        }
    }

    /// Returns the problem of a request without a token.
    pub fn token_missing() -> Self {
        let message =
            "a token is missing: send it as 'Api-Key: idg_…' or 'Authorization: Bearer idg_…'";
        Self::new(ErrorCode::TokenMissing, message)
    }

    /// Returns the one problem of all tokens that are not valid: unknown, expired, disabled and
    /// revoked ones read alike.
    pub fn token_invalid() -> Self {
        let message = "the token is not valid: it may be mistyped, expired, disabled or revoked";
        Self::new(ErrorCode::TokenInvalid, message)
    }

    /// Returns the problem of a token that lacks `scope`.
    pub fn scope_missing(scope: Scope) -> Self {
        let message = Denial::ScopeMissing(scope).to_string();
        let mut problem = Self::new(ErrorCode::ScopeMissing, message);
        problem.details.scope = Some(scope);
        problem
    }

    /// Returns the problem of a request that cannot be read any further; its connection closes.
    pub fn fault(fault: ProtocolFault) -> Self {
        let problem = Self::new(fault.code(), fault.to_string()).closing();
        match fault.field() {
            Some(field) => problem.field(field),
            None => problem,
        }
    }

    /// Tells after how long the same request may succeed; whole seconds, at least one.
    #[must_use]
    pub fn retry_after(mut self, span: Duration) -> Self {
        self.retry_after = Some(span);
        self
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<Box<str>>) -> Self {
        self.details.field = Some(field.into());
        self
    }

    /// Names the rule of the token's or environment's policy that forbids it.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<Box<str>>) -> Self {
        self.details.rule = Some(rule.into());
        self
    }

    /// Names the budget that would be exceeded, and when it starts afresh.
    #[must_use]
    pub fn budget(mut self, budget: impl Into<Box<str>>, resets_at: Timestamp) -> Self {
        self.details.budget = Some(budget.into());
        self.details.resets_at = Some(resets_at);
        self
    }

    /// Tells why operators paused such calls and until when, as far as they said.
    #[must_use]
    pub fn paused(mut self, reason: Option<Box<str>>, until: Option<Timestamp>) -> Self {
        self.details.reason = reason;
        self.details.paused_until = until;
        self
    }

    /// Tells how long the call waited, and how long it might have.
    #[must_use]
    pub fn wait(mut self, wait: WaitTold) -> Self {
        self.details.wait = Some(wait);
        self
    }

    /// Tells how many images may be in flight.
    #[must_use]
    pub fn max_inflight_requests(mut self, places: Places) -> Self {
        self.details.max_inflight_requests = Some(places);
        self
    }

    /// Gives a reason other than the code's own.
    #[must_use]
    pub fn reject_reason(mut self, reason: RejectReason) -> Self {
        self.reject_reason = Some(reason);
        self
    }

    /// Names the methods that the path has, as in `GET, POST`.
    #[must_use]
    pub fn allow(mut self, methods: impl Into<Cow<'static, str>>) -> Self {
        self.allow = Some(methods.into());
        self
    }

    /// Closes the connection after the answer.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    /// Returns the code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// Returns the message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the JSON that the client gets.
    pub fn json(&self, request: &RequestId, links: &HelpLinks) -> String {
        let shape = ErrorBody {
            // Twice the same: Ideogram's own refusals have `error`, which its clients read; others look for `message`.
            error: &self.message,
            message: &self.message,
            code: self.code,
            status: self.code.status(),
            request_id: request.as_str(),
            source: "gateway",
            retryable: self.code.is_retryable(),
            reject_reason: self.reject_reason,
            doc: links.error(self.code),
            details: &self.details,
        };
        serde_json::to_string(&shape).unwrap_or_default()
    }

    /// Returns the answer.
    pub fn into_response(self, request: &RequestId, links: &HelpLinks) -> Response<Body> {
        self.to_response(request, links).map(Body::full)
    }

    /// Returns the answer as a text. Its code is among the extensions, for the log.
    pub fn to_response(&self, request: &RequestId, links: &HelpLinks) -> Response<String> {
        let mut response = Response::new(self.json(request, links));
        *response.status_mut() = StatusCode::from_u16(self.code.status()).unwrap_or_default();
        response.extensions_mut().insert(self.code);
        self.set_headers(response.headers_mut(), request);
        if let Some(link) = links.header() {
            response.headers_mut().insert(standard::LINK, link);
        }
        response
    }

    fn set_headers(&self, headers: &mut HeaderMap, request: &RequestId) {
        headers.insert(standard::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ERROR_SOURCE, HeaderValue::from_static("gateway"));
        header::set_request_id(headers, request);
        if let Some(span) = self.retry_after {
            headers.insert(standard::RETRY_AFTER, HeaderValue::from(whole_seconds(span)));
        }
        if self.forbids_retry() {
            header::forbid_retry(headers);
        }
        if let Some(challenge) = self.challenge() {
            headers.insert(standard::WWW_AUTHENTICATE, challenge);
        }
        let allow = self.allow.as_deref().and_then(|methods| HeaderValue::from_str(methods).ok());
        if let Some(allow) = allow {
            headers.insert(standard::ALLOW, allow);
        }
        if self.closes {
            headers.insert(standard::CONNECTION, HeaderValue::from_static("close"));
        }
    }

    /// Many clients retry each 5xx on their own, and some a 402: where that could pay twice or
    /// cannot help, they are told.
    fn forbids_retry(&self) -> bool {
        let status = self.code.status();
        !self.code.is_retryable() && (status == 402 || status >= 500)
    }

    /// Returns the challenge of RFC 6750.
    fn challenge(&self) -> Option<HeaderValue> {
        let text = match (self.code, self.details.scope) {
            // Without `error=`: RFC 6750, 3.1, keeps it for requests that did present something.
            (ErrorCode::TokenMissing, _) => r#"Bearer realm="ideogate""#.to_owned(),
            (ErrorCode::TokenInvalid, _) => concat!(
                r#"Bearer realm="ideogate", error="invalid_token", "#,
                r#"error_description="the token is not valid""#
            )
            .to_owned(),
            (ErrorCode::ScopeMissing, Some(scope)) => {
                format!(r#"Bearer realm="ideogate", error="insufficient_scope", scope="{scope}""#)
            }
            _ => return None,
        };
        HeaderValue::from_str(&text).ok()
    }
}

fn default_reject_reason(code: ErrorCode) -> Option<RejectReason> {
    match code {
        ErrorCode::BudgetExceeded => Some(RejectReason::DailyLimit),
        ErrorCode::BalanceExhausted => Some(RejectReason::InsufficientFunds),
        _ => None,
    }
}

/// Every 429 and 503 says when to come back, even where nothing was measured.
fn default_retry_after(code: ErrorCode) -> Option<Duration> {
    let seconds = match code {
        ErrorCode::EnvironmentUnavailable => 60,
        ErrorCode::Paused | ErrorCode::AuditUnavailable | ErrorCode::StoreUnavailable => 10,
        ErrorCode::Draining => 5,
        ErrorCode::CallInProgress => 1,
        other if matches!(other.status(), 429 | 503) => 1,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}
