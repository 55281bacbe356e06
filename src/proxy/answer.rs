//! An answer of Ideogram on its way to the client.

use super::{incoming_request::RequestContext, recovered::RecoveredAnswer};
use crate::{
    calls::{CallSummary, DeliveryGuard, Finished, ReplayKind},
    domain::{Outcome, RequestId},
    spool::Spool,
    web::{
        Body, DeliveryEnd,
        header::{self, RateLimit, ServerTiming},
    },
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use std::time::Duration;
use tokio::time::Instant;

/// Says that Ideogram's answer held the gateway's key, which was overwritten.
const KEY_REDACTED: HeaderName = HeaderName::from_static("ideogate-key-redacted");

/// What goes out to the client.
#[derive(Debug)]
pub(super) enum CallAnswer {
    /// Ideogram's answer to this call.
    Sent(Finished),
    /// Ideogram's answer to an earlier call, which nobody received or which a key names.
    Recovered(RecoveredAnswer),
}

impl CallAnswer {
    /// Returns Ideogram's answer unchanged, with the headers that are ours beside it.
    pub(super) fn into_response(self, request: &RequestId, received: Instant) -> Response<Body> {
        match self {
            Self::Sent(finished) => sent(finished, request, received),
            Self::Recovered(recovered) => again(recovered, request, received),
        }
    }
}

fn sent(finished: Finished, request: &RequestId, received: Instant) -> Response<Body> {
    let summary = finished.summary;
    let mut response =
        passed_on(finished.status, finished.headers, &finished.body, finished.receipt);
    let headers = response.headers_mut();
    mark(headers, request, finished.echoed_key);
    note_summary(headers, &summary, received);
    if !finished.status.is_success() {
        headers.insert(header::ERROR_SOURCE, HeaderValue::from_static("upstream"));
    }
    response
}

fn again(recovered: RecoveredAnswer, request: &RequestId, received: Instant) -> Response<Body> {
    let RecoveredAnswer { answer, again, receipt } = recovered;
    let mut response = passed_on(answer.status, answer.headers, &answer.body, receipt);
    let headers = response.headers_mut();
    mark(headers, request, answer.echoed_key);
    match again {
        ReplayKind::Recovered => header::set_recovered(headers),
        ReplayKind::Replayed => header::set_replayed(headers),
    }
    if !answer.status.is_success() {
        headers.insert(header::ERROR_SOURCE, HeaderValue::from_static("upstream"));
    }
    ServerTiming::new(received.elapsed(), Duration::ZERO, Duration::ZERO).set(headers);
    response
}

fn passed_on(
    status: StatusCode,
    headers: HeaderMap,
    body: &Spool,
    receipt: Option<DeliveryGuard>,
) -> Response<Body> {
    let body = Body::spool(body.body());
    let body = match receipt {
        Some(receipt) => body.watched(move |delivery| match delivery {
            DeliveryEnd::Whole => receipt.delivered(),
            // What is dropped without a delivery keeps the answer for an identical retry.
            DeliveryEnd::Gone { .. } => drop(receipt),
        }),
        None => body,
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn mark(headers: &mut HeaderMap, request: &RequestId, echoed_key: bool) {
    header::set_request_id(headers, request);
    if echoed_key {
        headers.insert(KEY_REDACTED, HeaderValue::from_static("true"));
    }
}

/// Writes what the call took, on answers of both sides.
pub(super) fn note_summary(headers: &mut HeaderMap, summary: &CallSummary, received: Instant) {
    ServerTiming::new(received.elapsed(), summary.queue, summary.upstream).set(headers);
    header::set_places(headers, summary.places);
    if let Some(cost) = summary.charged {
        header::set_cost(headers, cost);
    }
    if let Some(left) = summary.budget_left {
        header::set_budget_remaining(headers, left);
    }
    // A 5xx of Ideogram's goes out as it came, and many clients repeat those by themselves: this one may be billed.
    if summary.outcome == Outcome::Unknown {
        header::forbid_retry(headers);
    }
}

/// Writes the timing of a request that was never sent.
pub(super) fn note_waiting(
    headers: &mut HeaderMap,
    request_context: &RequestContext,
    received: Instant,
) {
    let total = received.elapsed();
    let queue = request_context.queue.get().copied().unwrap_or_default();
    ServerTiming::new(total, queue, Duration::ZERO).set(headers);
}

/// Writes what every answer tells: the places it took, if nobody said, the token's rate, and when the
/// secret that was presented is replaced by a newer one.
pub(super) fn note_always(headers: &mut HeaderMap, request_context: &RequestContext) {
    if !headers.contains_key(header::PLACES) {
        header::set_places(headers, 0);
    }
    if let Some(retires_at) = request_context.retires_at.get() {
        header::set_token_retires(headers, *retires_at);
    }
    if let Some(rate) = request_context.rate() {
        let (limit, remaining, reset) = (rate.limit, rate.remaining, rate.reset);
        let window = Duration::from_mins(1);
        header::set_rate_limit(headers, &RateLimit { limit, window, remaining, reset });
    }
}
