//! One call on the wire.

use super::{
    body::AnswerBody,
    broken::Broken,
    control, heads,
    play::play,
    wire::{Orders, WritePlan},
};
use crate::simulator::{
    request::Received,
    seen::{CallEnd, KEPT_BODY, SeenCall, SeenEntry},
    vendor::Vendor,
};
use bytes::{Bytes, BytesMut};
use http::{Request, Response, request::Parts};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The largest body that is taken at all.
/// Larger ones are read to their end and not kept.
const LARGEST: usize = 160 << 20;

/// Answers one call.
///
/// The head is taken from the wire before anything else is read. A body is received whole before the script
/// is looked for, so that a scripted reset never leaves a client that still sends. Where this future is
/// dropped, the client went away.
pub(super) async fn answer(
    vendor: Arc<Vendor>,
    orders: Arc<Orders>,
    connection: u64,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, Broken> {
    let (parts, body) = request.into_parts();
    let head = orders.head();
    // What was planned for the call before does not count for this one.
    orders.set(WritePlan::Pass);
    if vendor.control && parts.uri.path().starts_with("/_simulator/") {
        let body = body.collect().await.map_err(Broken::Request)?.to_bytes();
        return Ok(control::answer(&vendor, &parts, &body));
    }
    let mut entry = arrive(&vendor, connection, head, &parts);
    let body = receive(body, &entry).await?;
    let received = Received { method: parts.method, uri: parts.uri, headers: parts.headers, body };
    let cue = vendor.scripts.next(received.method.as_str(), received.uri.path());
    // Said before it is played: a future that is dropped meanwhile would say that the client went away.
    if matches!(cue.act, crate::simulator::Act::ResetUnanswered) {
        entry.ends(CallEnd::Broken);
    }
    play(&vendor, &orders, received, cue, entry).await
}

/// Writes down the call as far as its head tells.
fn arrive(vendor: &Vendor, connection: u64, head: Bytes, parts: &Parts) -> SeenEntry {
    vendor.log.arrive(SeenCall {
        id: 0,
        connection,
        at: vendor.clock.now(),
        method: parts.method.to_string(),
        path_and_query: parts.uri.to_string(),
        headers: heads::headers(&head),
        head,
        body: Bytes::new(),
        body_length: 0,
        body_sha256: String::new(),
        places: 0,
        status: None,
        end: CallEnd::Open,
    })
}

/// Receives the body and writes it down; none when it is larger than anything is taken.
async fn receive(mut body: Incoming, entry: &SeenEntry) -> Result<Option<Bytes>, Broken> {
    let (mut whole, mut digest, mut length) = (BytesMut::new(), Sha256::new(), 0_u64);
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame.map_err(Broken::Request)?.into_data() else { continue };
        digest.update(&bytes);
        length += bytes.len() as u64;
        // One frame goes beyond the limit: that it did is how a body that is too large is known below.
        if whole.len() <= LARGEST {
            whole.extend_from_slice(&bytes);
        }
    }
    let whole = whole.freeze();
    // Copied, so that a little of a large body does not keep all of it.
    let kept = Bytes::copy_from_slice(whole.get(..KEPT_BODY).unwrap_or(&whole));
    let sha256 = hex::encode(digest.finalize());
    entry.note(|call| {
        (call.body, call.body_length, call.body_sha256) = (kept, length, sha256);
    });
    Ok((whole.len() <= LARGEST).then_some(whole))
}
