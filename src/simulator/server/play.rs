//! Plays one call, as usual or as a script says.

use super::{
    body::{AnswerBody, AnswerContent},
    broken::Broken,
    wire::{Orders, WritePlan},
};
use crate::simulator::{
    answer::SimulatedAnswer,
    deeds,
    pictures::Pictures,
    refusal::SimulatedRefusal,
    request::{Received, Understood},
    seen::{CallEnd, SeenEntry},
    stage::{Act, Cue, echo, gzip},
    vendor::Vendor,
    work::Manner,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use std::{future::pending, sync::Arc, time::Duration};

/// Answers a call that was completely received.
///
/// What the vendor would refuse is known before the script is played. Acts that do the work wait for it, and
/// it is billed even if its answer never arrives.
pub(super) async fn play(
    vendor: &Arc<Vendor>,
    orders: &Arc<Orders>,
    received: Received,
    cue: Cue,
    entry: SeenEntry,
) -> Result<Response<AnswerBody>, Broken> {
    let understood = received.understand(&vendor.keys, &vendor.postman.delivers);
    let places = understood.as_ref().map_or(0, Understood::places);
    entry.note(|call| call.places = places);
    let Cue { act, delay, released, webhook } = cue;
    let manner = Manner {
        longer: delay,
        held: (act == Act::Hold).then_some(released),
        fails: act == Act::Fail,
        address: None,
        twist: webhook,
    };
    let stage = PlayStage { vendor, orders, received: &received };
    match act {
        Act::Usual | Act::Hold | Act::Fail => {
            let answer = stage.work(understood, manner).await;
            Ok(stage.whole(answer, entry))
        }
        Act::ResetAfter { bytes } => {
            let answer = stage.work(understood, manner).await;
            Ok(stage.broken(answer, WritePlan::ResetAfter(bytes), entry))
        }
        Act::Truncate { bytes } => {
            let answer = stage.work(understood, manner).await;
            Ok(stage.broken(answer, WritePlan::CloseAfterBody(bytes), entry))
        }
        Act::Trickle { bytes, every_ms } => {
            let answer = stage.work(understood, manner).await;
            Ok(dribbling(answer, bytes, Duration::from_millis(every_ms), entry))
        }
        Act::Gzip => {
            let answer = stage.work(understood, manner).await;
            Ok(stage.whole(compressed(answer), entry))
        }
        Act::CloseAfterAnswer => {
            let answer = stage.work(understood, manner).await;
            let hang_up = |body: AnswerBody| body.then_hang_up(Arc::clone(orders));
            Ok(stage.whole(answer, entry).map(hang_up))
        }
        other => {
            tokio::time::sleep(delay).await;
            stage.instead(other, places, entry).await
        }
    }
}

/// Where a call is played.
///
/// It lends what all acts need.
struct PlayStage<'a> {
    /// The stand-in.
    vendor: &'a Arc<Vendor>,
    /// The wire.
    orders: &'a Arc<Orders>,
    /// The call.
    received: &'a Received,
}

impl PlayStage<'_> {
    /// Does the call as usual.
    ///
    /// Links to pictures are followed here too, without a key.
    async fn work(
        &self,
        understood: Result<Understood, SimulatedRefusal>,
        manner: Manner,
    ) -> SimulatedAnswer {
        let path = self.received.uri.path();
        if path.starts_with("/images/") {
            let pictures = Pictures::new(self.vendor.links.clone(), self.vendor.tasks.clone());
            let query = self.received.uri.query();
            let (parts, body) =
                pictures.answer(&self.received.method, path, query).await.into_parts();
            return SimulatedAnswer { status: parts.status, headers: parts.headers, body };
        }
        let done = match understood {
            Ok(understood) => deeds::perform(self.vendor, self.received, &understood, manner).await,
            Err(refusal) => Err(refusal),
        };
        done.unwrap_or_else(|refusal| refusal.answer(self.received.family()))
    }

    /// Plays what is done in place of the call.
    ///
    /// Nothing is made or billed. A call that hangs holds its places until its future is dropped.
    async fn instead(
        &self,
        act: Act,
        places: u32,
        entry: SeenEntry,
    ) -> Result<Response<AnswerBody>, Broken> {
        match act {
            Act::Answer { status, headers, body } if status < 200 => {
                let text = switching(status, &headers, body.as_deref().unwrap_or(""));
                Ok(self.raw(text, entry))
            }
            Act::Answer { status, headers, body } => {
                Ok(self.whole(self.scripted(status, &headers, body), entry))
            }
            Act::Echo { status, encoding } => {
                Ok(self.whole(echo(&self.received.headers, status, encoding), entry))
            }
            Act::Huge { bytes } => {
                let answer = SimulatedAnswer::new("application/json", Bytes::new());
                let body =
                    |entry| AnswerBody::new(AnswerContent::huge(bytes), entry, CallEnd::Answered);
                Ok(respond(answer, entry, body))
            }
            Act::Raw { text } => Ok(self.raw(text, entry)),
            Act::Hang => {
                // Held until this future is dropped; where there are none it hangs without.
                let _places = self.vendor.account.take(places, 0);
                pending::<Result<Response<AnswerBody>, Broken>>().await
            }
            _ => {
                self.orders.set(WritePlan::ResetAfter(0));
                Err(Broken::Command)
            }
        }
    }

    /// Returns the answer that a script gives, or the usual one for its status. Headers that are none are
    /// left out.
    fn scripted(
        &self,
        status: u16,
        headers: &[(String, String)],
        body: Option<String>,
    ) -> SimulatedAnswer {
        let usual = || {
            let refusal = SimulatedRefusal::usual(status, self.vendor.account.cap());
            refusal.map(|refusal| refusal.answer(self.received.family()))
        };
        let mut answer = match body {
            Some(body) => SimulatedAnswer {
                status: StatusCode::OK,
                headers: HeaderMap::new(),
                body: body.into(),
            },
            None => usual().unwrap_or_else(|| {
                SimulatedAnswer::new("application/json", Bytes::from_static(b"{}"))
            }),
        };
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) =
                (name.parse::<HeaderName>(), value.parse::<HeaderValue>())
            {
                answer.headers.append(name, value);
            }
        }
        answer.with_status(status)
    }

    /// Sends all of an answer; to HEAD, its head alone.
    fn whole(&self, answer: SimulatedAnswer, entry: SeenEntry) -> Response<AnswerBody> {
        // Hyper sends no body to HEAD, and one that is left over would read as a client that went away.
        let is_head = self.received.method == http::Method::HEAD;
        let content =
            AnswerContent::Whole(if is_head { Bytes::new() } else { answer.body.clone() });
        respond(answer, entry, |entry| AnswerBody::new(content, entry, CallEnd::Answered))
    }

    /// Sends an answer that the wire breaks.
    fn broken(
        &self,
        answer: SimulatedAnswer,
        plan: WritePlan,
        entry: SeenEntry,
    ) -> Response<AnswerBody> {
        self.orders.set(plan);
        let content = AnswerContent::Whole(answer.body.clone());
        respond(answer, entry, |entry| AnswerBody::new(content, entry, CallEnd::Broken))
    }

    /// Sends these bytes in place of an answer.
    fn raw(&self, text: String, entry: SeenEntry) -> Response<AnswerBody> {
        self.orders.set(WritePlan::Instead(text.into()));
        let answer = SimulatedAnswer::new("text/plain", Bytes::new());
        let content = AnswerContent::Whole(Bytes::new());
        respond(answer, entry, |entry| AnswerBody::new(content, entry, CallEnd::Broken))
    }
}

/// Writes down the status, and returns the answer.
fn respond(
    answer: SimulatedAnswer,
    entry: SeenEntry,
    body: impl FnOnce(SeenEntry) -> AnswerBody,
) -> Response<AnswerBody> {
    entry.note(|call| call.status = Some(answer.status.as_u16()));
    let mut response = Response::new(body(entry));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// Sends an answer a few bytes at a time.
fn dribbling(
    answer: SimulatedAnswer,
    step: usize,
    every: Duration,
    entry: SeenEntry,
) -> Response<AnswerBody> {
    let content = AnswerContent::Dribble { rest: answer.body.clone(), step, every, next: None };
    respond(answer, entry, |entry| AnswerBody::new(content, entry, CallEnd::Answered))
}

/// Returns an answer as gzip, whether the client takes it or not.
fn compressed(mut answer: SimulatedAnswer) -> SimulatedAnswer {
    answer.body = gzip(&answer.body).into();
    answer.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer
}

/// Writes an answer that hyper would not.
fn switching(status: u16, headers: &[(String, String)], body: &str) -> String {
    let mut text = format!("HTTP/1.1 {status} Switching\r\n");
    for (name, value) in headers {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text
}
