//! The codes of answers that the gateway makes itself.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($($(#[$docs:meta])* $variant:ident = $text:literal, $status:literal, $retryable:literal;)*) => {
        /// A stable code of an answer that the gateway made itself; `GET /_ideogate/errors/{code}` explains it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum ErrorCode { $($(#[$docs])* #[serde(rename = $text)] $variant,)* }

        impl ErrorCode {
            /// Every code there is, by status.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the code as it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Returns the HTTP status that goes with the code.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// Says whether the same request may succeed later, and costs nothing until it does.
            /// `outcome_unknown` is never retryable, although its status is a server's fault: a
            /// retry could pay twice.
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$variant => $retryable,)* }
            }

            /// Finds a code by its text.
            pub fn find(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
            }
        }
    };
}

codes! {
    /// The request cannot be read; the message names the field.
    MalformedRequest = "malformed_request", 400, false;
    /// The request can be read in two ways.
    AmbiguousRequest = "ambiguous_request", 400, false;
    /// Two credentials that differ.
    AmbiguousCredentials = "ambiguous_credentials", 400, false;
    /// More images than could ever be in flight.
    TooManyPlaces = "too_many_places", 400, false;
    /// No token.
    TokenMissing = "token_missing", 401, false;
    /// A token that is unknown, expired, disabled or revoked.
    TokenInvalid = "token_invalid", 401, false;
    /// No operator token, on the admin listener.
    OperatorTokenMissing = "operator_token_missing", 401, false;
    /// An operator token that is unknown, expired, disabled or revoked, on the admin listener.
    OperatorTokenInvalid = "operator_token_invalid", 401, false;
    /// A budget would be exceeded.
    BudgetExceeded = "budget_exceeded", 402, false;
    /// Ideogram said that the account's balance is used up.
    BalanceExhausted = "balance_exhausted", 402, false;
    /// The token lacks the scope.
    ScopeMissing = "scope_missing", 403, false;
    /// A parameter that the token's or environment's policy forbids.
    PolicyDenied = "policy_denied", 403, false;
    /// The environment does not allow it.
    EnvironmentDenied = "environment_denied", 403, false;
    /// The operator's role is too small, on the admin listener.
    RoleMissing = "role_missing", 403, false;
    /// There are no operators yet, so the admin listener lets nobody in.
    OperatorsMissing = "operators_missing", 403, false;
    /// A web page of another origin asked the admin listener for a change.
    OriginDenied = "origin_denied", 403, false;
    /// A webhook that cannot be verified, or whose sender may not speak of its generation.
    WebhookRejected = "webhook_rejected", 403, false;
    /// Not in the route table, or closed.
    RouteUnknown = "route_unknown", 404, false;
    /// No generation of this token or its owner.
    GenerationUnknown = "generation_unknown", 404, false;
    /// No call of this token.
    CallUnknown = "call_unknown", 404, false;
    /// No such path, on the admin listener.
    PathUnknown = "path_unknown", 404, false;
    /// Nothing of the name in the path, on the admin listener; there the code names the kind of thing.
    NameUnknown = "name_unknown", 404, false;
    /// The path is listed with another method.
    MethodNotAllowed = "method_not_allowed", 405, false;
    /// The client was too slow to send its body.
    BodyTimeout = "body_timeout", 408, true;
    /// An identical call is still running.
    CallInProgress = "call_in_progress", 409, true;
    /// The state of things is in the way, on the admin listener; there the code says how.
    StateConflict = "state_conflict", 409, false;
    /// The body is larger than the route allows.
    BodyTooLarge = "body_too_large", 413, false;
    /// The path and query are too long.
    UriTooLong = "uri_too_long", 414, false;
    /// A content type that the route does not take.
    UnsupportedMediaType = "unsupported_media_type", 415, false;
    /// An `Expect` other than `100-continue`.
    ExpectationFailed = "expectation_failed", 417, false;
    /// Another host than this one is asked for, on the admin listener.
    HostUnknown = "host_unknown", 421, false;
    /// What was asked for is not possible, on the admin listener.
    RequestInvalid = "request_invalid", 422, false;
    /// The idempotency key came before with another request.
    IdempotencyKeyReused = "idempotency_key_reused", 422, false;
    /// More requests a minute than the token may make.
    RateLimited = "rate_limited", 429, true;
    /// Too many failed attempts to be an operator, on the admin listener.
    TooManyAttempts = "too_many_attempts", 429, true;
    /// The queue holds as many calls as it may.
    QueueFull = "queue_full", 429, true;
    /// The wait in the queue reached its end.
    QueueTimeout = "queue_timeout", 429, true;
    /// Too many or too large header fields.
    HeadersTooLarge = "headers_too_large", 431, false;
    /// The client went away before its call was sent; nobody ever reads this one.
    ClientGone = "client_gone", 499, true;
    /// A fault of the gateway.
    InternalError = "internal_error", 500, false;
    /// Nothing could be sent to Ideogram.
    UpstreamUnreachable = "upstream_unreachable", 502, true;
    /// Ideogram rejected the gateway's key.
    UpstreamRejectedKey = "upstream_rejected_key", 502, false;
    /// Ideogram answered in a way that cannot be passed on.
    UpstreamProtocolError = "upstream_protocol_error", 502, false;
    /// The call was sent, and what became of it is not known.
    OutcomeUnknown = "outcome_unknown", 502, false;
    /// The audit record cannot be written.
    AuditUnavailable = "audit_unavailable", 503, true;
    /// The database cannot be used.
    StoreUnavailable = "store_unavailable", 503, true;
    /// The budget for request bodies is used up.
    BodyBudgetExhausted = "body_budget_exhausted", 503, true;
    /// The environment has no key.
    EnvironmentUnavailable = "environment_unavailable", 503, true;
    /// More connections than the gateway keeps, in all or from one address.
    TooManyConnections = "too_many_connections", 503, true;
    /// The gateway is shutting down.
    Draining = "draining", 503, true;
    /// An operator paused admission.
    Paused = "paused", 503, true;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
