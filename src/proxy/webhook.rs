//! `POST /webhooks/ideogram`: Ideogram says that a generation ended.
//!
//! No token of ours stands in front: the signature does. What refuses a delivery goes the way of all
//! refusals, so that a flood of false ones is bounded on record. Nothing that a sender wrote is recorded or
//! logged before its signature holds.

use super::{Gateway, incoming_request::IncomingRequest, rejection::Rejection};
use crate::{
    calls::{NoticeError, WebhookEvent, WebhookResult},
    domain::{Action, ErrorCode},
    spool::SpoolWriter,
    web::{self, Body},
    webhooks::DeliveryRejection,
};
use bytes::Bytes;
use http::{HeaderValue, Method, Response, header::CONTENT_TYPE};
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// Where deliveries come in.
pub const WEBHOOK_PATH: &str = "/webhooks/ideogram";

/// How refusals are called on record: what was tried, and on what.
pub(super) const ON_RECORD: (Action, &str) = (Action::WebhookRefused, "webhooks.ideogram");

/// When the vendor's keys may be there again.
const KEYS_LATER: Duration = Duration::from_secs(30);

/// When something of ours may be right again.
const LATER: Duration = Duration::from_secs(5);

/// Answers a delivery; a success means that all it says is durable.
pub(super) async fn answer(
    gateway: Gateway,
    mut incoming: IncomingRequest,
) -> Result<Response<Body>, Rejection> {
    if !gateway.webhooks.verifier.receives() {
        let message = "webhooks are not received here: no account has webhooks = \"receive\"";
        return Err(Rejection::new(ErrorCode::RouteUnknown, message));
    }
    incoming.request_context.own.set(ON_RECORD).ok();
    if incoming.method != Method::POST {
        return Err(Rejection::wrong_method(&[Method::POST]));
    }
    let done = receive(&gateway, &mut incoming).await;
    let (word, answer) = match done {
        Ok(noticed) => (told(noticed), Ok(accepted(noticed))),
        Err(RejectedDelivery { word, refused }) => (word, Err(refused)),
    };
    gateway.metrics.webhook(word);
    answer
}

/// A delivery that did nothing.
struct RejectedDelivery {
    /// What metrics call it.
    word: &'static str,
    refused: Rejection,
}

async fn receive(
    gateway: &Gateway,
    incoming: &mut IncomingRequest,
) -> Result<WebhookResult, RejectedDelivery> {
    let (verifier, client) = (&gateway.webhooks.verifier, incoming.client);
    if let Some(span) = verifier.blocked(client) {
        return Err(blocked(span));
    }
    let reject = |rejection: DeliveryRejection| {
        // Keys that we cannot fetch count against nobody, or our own trouble would lock the vendor out.
        if rejection.is_senders_fault() {
            verifier.failed(client);
        }
        RejectedDelivery::from(rejection)
    };
    let claims = verifier.claims(&incoming.headers).map_err(reject)?;
    let body = receive_body(gateway, incoming).await?;
    let delivery = verifier.verify(claims, &body).await.map_err(reject)?;
    tracing::debug!(generation.id = %delivery.generation(), "webhook verified");
    let notice =
        WebhookEvent::new(delivery, &body, incoming.request.clone(), incoming.client.to_string());
    // Before it waits for its call, or hundreds of early deliveries would wait with their bodies.
    drop(body);
    let deadline = Instant::now() + incoming.settings.webhooks.wait;
    gateway.calls.notified(notice, deadline).await.map_err(RejectedDelivery::from)
}

/// Receives the exact bytes that were signed.
async fn receive_body(
    gateway: &Gateway,
    incoming: &mut IncomingRequest,
) -> Result<Bytes, RejectedDelivery> {
    let settings = &incoming.settings;
    let (cap, idle) = (settings.webhooks.max_body, settings.door.body_idle_timeout);
    let failed = |refused| RejectedDelivery { word: "body", refused };
    let writer = SpoolWriter::new(&gateway.spool, None, cap);
    let receiving =
        gateway.unless_draining(web::receive(incoming.body.get_mut(), writer, cap, idle));
    let spool = receiving.await.map_err(failed)?;
    let spool = spool.map_err(|error| failed(Rejection::from(error)))?;
    if let Some(bytes) = spool.in_place() {
        return Ok(bytes.clone());
    }
    let read = gateway.tasks.run_blocking(move || spool.bytes(cap)).await;
    match read {
        Ok(Ok(Some(bytes))) => Ok(bytes),
        _ => Err(failed(Rejection::internal("the body of a webhook could not be read again"))),
    }
}

fn accepted(noticed: WebhookResult) -> Response<Body> {
    let status = if noticed == WebhookResult::Ended { "ended" } else { "no_effect" };
    let mut response = Response::new(Body::full(json!({"status": status}).to_string()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

const fn told(noticed: WebhookResult) -> &'static str {
    match noticed {
        WebhookResult::Ended => "ended",
        WebhookResult::Again => "again",
        WebhookResult::Late => "late",
    }
}

fn blocked(span: Duration) -> RejectedDelivery {
    let message = "too many deliveries from this address could not be verified";
    let refused = Rejection::new(ErrorCode::RateLimited, message).retry_after(span);
    RejectedDelivery { word: "blocked", refused }
}

impl From<DeliveryRejection> for RejectedDelivery {
    fn from(rejection: DeliveryRejection) -> Self {
        let word = rejection.word();
        let (code, message) = match &rejection {
            DeliveryRejection::Twice(_) => (ErrorCode::AmbiguousRequest, rejection.to_string()),
            DeliveryRejection::Window => (
                ErrorCode::WebhookRejected,
                "the delivery's time is too far from the gateway's".to_owned(),
            ),
            // Which of them it was is for the record alone: it would tell a forger how near it came.
            DeliveryRejection::Signature
            | DeliveryRejection::NoSecret
            | DeliveryRejection::Secret => {
                (ErrorCode::WebhookRejected, "the delivery's signature does not hold".to_owned())
            }
            DeliveryRejection::NoKeys(error) => (ErrorCode::UpstreamUnreachable, error.to_string()),
            malformed => (ErrorCode::MalformedRequest, format!("no webhook: {malformed}")),
        };
        let refused = Rejection::new(code, message).because(rejection.to_string());
        let refused = match rejection.header() {
            Some(name) => refused.field(name),
            None => refused,
        };
        let is_ours = !rejection.is_senders_fault();
        Self { word, refused: if is_ours { refused.retry_after(KEYS_LATER) } else { refused } }
    }
}

impl From<NoticeError> for RejectedDelivery {
    fn from(error: NoticeError) -> Self {
        let (word, code, message) = match &error {
            NoticeError::Unknown => (
                "unknown",
                ErrorCode::GenerationUnknown,
                "no call through this gateway submitted this generation",
            ),
            NoticeError::Crowded => {
                ("crowded", ErrorCode::RateLimited, "too many deliveries wait for their calls")
            }
            NoticeError::OtherAccount | NoticeError::OtherUser(_) => (
                "sender",
                ErrorCode::WebhookRejected,
                "the delivery's sender may not speak of this generation",
            ),
            NoticeError::Unsaid => (
                "unsaid",
                ErrorCode::MalformedRequest,
                "no webhook: it does not say how its generation ended",
            ),
            NoticeError::Read(_) => {
                ("unrecorded", ErrorCode::StoreUnavailable, "the gateway's database cannot be read")
            }
            NoticeError::Ending | NoticeError::Unrecorded(_) => (
                "unrecorded",
                ErrorCode::AuditUnavailable,
                "the end of the generation is not on record yet",
            ),
            NoticeError::Stopping => {
                ("unrecorded", ErrorCode::Draining, "the gateway is shutting down")
            }
        };
        if let NoticeError::OtherUser(account) = &error {
            tracing::error!(event = "webhook_user_changed", %account, "a signed webhook names another user than the account's; if that is right, set accounts.{account}.user_id");
        }
        let refused = Rejection::new(code, message).because(error.to_string());
        let refused = if code.is_retryable() { refused.retry_after(LATER) } else { refused };
        Self { word, refused }
    }
}
