//! An answer, before it goes out.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde_json::Value as Json;

/// A complete answer.
///
/// The server adds the framing. How much of it goes out, and when, is for a script to say.
#[derive(Debug, Clone)]
pub struct SimulatedAnswer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers, framing apart.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl SimulatedAnswer {
    /// Returns a success with JSON.
    ///
    /// The status is 200 until another is given.
    pub fn json(body: &Json) -> Self {
        Self::new("application/json", body.to_string().into())
    }

    /// Returns a success of some kind.
    pub fn new(kind: &'static str, body: Bytes) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        Self { status: StatusCode::OK, headers, body }
    }

    /// Returns the same with another status.
    ///
    /// What is no status becomes 500.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self
    }

    /// Returns the same with a time after which to try again.
    ///
    /// The time is in whole seconds, as `Retry-After` counts them (RFC 9110, 10.2.3).
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.headers.insert(RETRY_AFTER, seconds.into());
        self
    }
}
