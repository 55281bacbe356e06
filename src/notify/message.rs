//! A notification as it goes out.

use super::{Notice, NoticeKind, notice::once_key};
use crate::domain::{OnceKey, Timestamp};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

/// The letters of an id: those of a ULID in lower case.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How many of them an id has.
const LENGTH: usize = 26;

/// What is sent: the same bytes under the same id, however often it is tried.
#[derive(Debug, Clone)]
pub(super) struct NotifyMessage {
    pub(super) kind: NoticeKind,
    pub(super) id: Box<str>,
    pub(super) body: Bytes,
    pub(super) once: Option<OnceKey>,
}

/// The body, its members in this order.
#[derive(Serialize)]
struct MessageBody<'n> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: &'n Value,
}

impl NotifyMessage {
    /// Returns the message that tells of something at that time. What is told once has an id that is made of
    /// nothing else, so that receivers know it again.
    pub(super) fn new(notice: &Notice, at: Timestamp) -> Self {
        let kind = notice.kind;
        let body = MessageBody { kind: kind.as_str(), timestamp: at, data: &notice.data };
        // A value is always JSON.
        let body = Bytes::from(serde_json::to_vec(&body).unwrap_or_default());
        let of_moment = || once_key(kind, &[&at.to_string(), &notice.data.to_string()]);
        let key = notice.once.unwrap_or_else(of_moment);
        Self { kind, id: id(&key), body, once: notice.once }
    }
}

/// Returns the first bits of a digest as letters, five bits each.
fn id(key: &OnceKey) -> Box<str> {
    let bit = |at: usize| (key.as_bytes()[at / 8] >> (7 - at % 8)) & 1;
    let letter = |place: usize| {
        let value = (0..5).fold(0, |value, of| value << 1 | bit(place * 5 + of));
        char::from(LETTERS[usize::from(value)])
    };
    let letters: String = (0..LENGTH).map(letter).collect();
    format!("msg_{letters}").into()
}
