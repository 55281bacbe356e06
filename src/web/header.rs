//! The header fields that are ours, and how they are written.

use crate::domain::{Places, RequestId, Timestamp, Usd};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::{fmt::Write, time::Duration};

/// Names the request, on every answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("ideogate-request-id");
/// `gateway` on answers that the gateway made itself.
pub const ERROR_SOURCE: HeaderName = HeaderName::from_static("ideogate-error-source");
/// The places that the call took.
pub const PLACES: HeaderName = HeaderName::from_static("ideogate-places");
/// What the call was charged, in dollars.
pub const COST: HeaderName = HeaderName::from_static("ideogate-cost-usd");
/// What is left of the tightest budget, in dollars.
pub const BUDGET_REMAINING: HeaderName = HeaderName::from_static("ideogate-budget-remaining-usd");
/// `true` on an answer that was paid for by an earlier try.
pub const RECOVERED: HeaderName = HeaderName::from_static("ideogate-recovered");
/// `true` on an answer that was kept under an idempotency key.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Names a request that must be done once only.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// How long the client wants to wait in the queue.
pub const QUEUE_TIMEOUT: HeaderName = HeaderName::from_static("ideogate-queue-timeout");
/// The end user, as the app asserts it.
pub const USER: HeaderName = HeaderName::from_static("ideogate-user");
/// The key of Ideogram's API, and the place where clients put our token.
pub const API_KEY: HeaderName = HeaderName::from_static("api-key");
/// From when on the secret that was presented is refused, because a newer one took its place.
pub const TOKEN_RETIRES: HeaderName = HeaderName::from_static("ideogate-token-retires");
/// Where the time went.
pub const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
/// Whether clients that retry on their own should.
pub const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");
/// How many requests are left, and until when.
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// What the limit is.
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Names the request.
pub fn set_request_id(headers: &mut HeaderMap, id: &RequestId) {
    set(headers, REQUEST_ID, id.as_str());
}

/// Tells the places that the call took.
pub fn set_places(headers: &mut HeaderMap, places: Places) {
    headers.insert(PLACES, HeaderValue::from(places));
}

/// Tells what the call was charged.
pub fn set_cost(headers: &mut HeaderMap, cost: Usd) {
    set(headers, COST, &cost.to_string());
}

/// Tells what is left of the tightest budget.
pub fn set_budget_remaining(headers: &mut HeaderMap, left: Usd) {
    set(headers, BUDGET_REMAINING, &left.to_string());
}

/// Marks an answer that was paid for by an earlier try.
pub fn set_recovered(headers: &mut HeaderMap) {
    headers.insert(RECOVERED, HeaderValue::from_static("true"));
}

/// Marks an answer that was kept under an idempotency key.
pub fn set_replayed(headers: &mut HeaderMap) {
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
}

/// Tells from when on the secret that was presented is refused.
pub fn set_token_retires(headers: &mut HeaderMap, at: Timestamp) {
    set(headers, TOKEN_RETIRES, &at.to_string());
}

/// Tells a client that retries on its own not to.
pub fn forbid_retry(headers: &mut HeaderMap) {
    headers.insert(SHOULD_RETRY, HeaderValue::from_static("false"));
}

/// Tells the token's rate: `limit` requests in `window`, `remaining` of them left, all back in `reset`.
pub fn set_rate_limit(headers: &mut HeaderMap, rate: &RateLimit) {
    let (window, reset) = (whole_seconds(rate.window), whole_seconds(rate.reset));
    // A quoted name with parameters, as the IETF's draft on these fields has it; a bare number was its older form.
    set(headers, RATE_LIMIT_POLICY, &format!("\"token\";q={};w={window}", rate.limit));
    set(headers, RATE_LIMIT, &format!("\"token\";r={};t={reset}", rate.remaining));
}

/// Where a token stands against its rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests in a window.
    pub limit: u32,
    /// The window.
    pub window: Duration,
    /// Requests left now.
    pub remaining: u32,
    /// Until all are back.
    pub reset: Duration,
}

/// Where the time of a request went, in milliseconds, for `Server-Timing`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServerTiming {
    /// Waiting in the queue.
    pub queue: Duration,
    /// At Ideogram.
    pub upstream: Duration,
    /// Everything else, in the gateway itself.
    pub gateway: Duration,
}

impl ServerTiming {
    /// Returns the timing of a request that took `total`, with what is left over for the gateway.
    pub fn new(total: Duration, queue: Duration, upstream: Duration) -> Self {
        let gateway = total.saturating_sub(queue).saturating_sub(upstream);
        Self { queue, upstream, gateway }
    }

    /// Writes the field.
    pub fn set(self, headers: &mut HeaderMap) {
        let mut text = String::with_capacity(64);
        for (name, span) in
            [("queue", self.queue), (", upstream", self.upstream), (", gateway", self.gateway)]
        {
            // Tenths of a millisecond, in integers.
            let tenths = span.as_micros() / 100;
            write!(text, "{name};dur={}.{}", tenths / 10, tenths % 10).unwrap_or_default();
        }
        set(headers, SERVER_TIMING, &text);
    }
}

/// Returns whole seconds, rounded up and at least one: a client that waits so long waits long enough.
pub(super) fn whole_seconds(span: Duration) -> u64 {
    span.as_secs().saturating_add(u64::from(span.subsec_nanos() > 0)).max(1)
}

fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timing_is_in_milliseconds_with_one_decimal() {
        let mut headers = HeaderMap::new();
        let (total, queue) = (Duration::from_micros(2_500_149), Duration::from_millis(1200));
        ServerTiming::new(total, queue, Duration::from_secs(1)).set(&mut headers);
        let text = headers[SERVER_TIMING].to_str().unwrap();
        assert_eq!(text, "queue;dur=1200.0, upstream;dur=1000.0, gateway;dur=300.1");
    }

    #[test]
    fn the_rate_is_told_in_whole_seconds() {
        let mut headers = HeaderMap::new();
        let (window, reset) = (Duration::from_mins(1), Duration::from_millis(1500));
        set_rate_limit(&mut headers, &RateLimit { limit: 60, window, remaining: 58, reset });
        assert_eq!(headers[RATE_LIMIT_POLICY], "\"token\";q=60;w=60");
        assert_eq!(headers[RATE_LIMIT], "\"token\";r=58;t=2");
    }

    #[test]
    fn money_and_places_are_plain_numbers() {
        let mut headers = HeaderMap::new();
        set_places(&mut headers, 4);
        set_cost(&mut headers, "0.12".parse().unwrap());
        assert_eq!(headers[PLACES], "4");
        assert_eq!(headers[COST], "0.12");
    }
}
