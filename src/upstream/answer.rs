//! What is kept of a reply.

use super::redaction::Redaction;
use crate::spool::Spool;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE,
        RETRY_AFTER,
    },
};

// A list of what goes through, never of what does not: a header that Ideogram adds tomorrow may
// tell clients of our account.
const PASSED: [HeaderName; 6] = [
    CONTENT_TYPE,
    CONTENT_ENCODING,
    CONTENT_DISPOSITION,
    CONTENT_LANGUAGE,
    CACHE_CONTROL,
    RETRY_AFTER,
];

/// A complete answer, free of our key. Clones share the body.
#[derive(Debug, Clone)]
pub struct UpstreamAnswer {
    /// Ideogram's status.
    pub status: StatusCode,
    /// Its headers, as far as they may be passed on. What is not on the list here is dropped,
    /// cookies and framing among it.
    pub headers: HeaderMap,
    /// Its body, byte for byte but for our key. Stars are as long as what they cover, so its length
    /// is the one that came.
    pub body: Spool,
    /// Whether our key was in it and is now stars.
    pub echoed_key: bool,
}

/// Returns the headers that may be passed on, and whether our key was in one of them.
pub(super) fn passed_headers(given: &HeaderMap, redaction: &Redaction) -> (HeaderMap, bool) {
    let mut headers = HeaderMap::with_capacity(PASSED.len());
    let mut echoed = false;
    for name in PASSED {
        for value in given.get_all(&name) {
            let (value, was_there) = without_key(value, redaction);
            echoed |= was_there;
            headers.append(&name, value);
        }
    }
    (headers, echoed)
}

fn without_key(value: &HeaderValue, redaction: &Redaction) -> (HeaderValue, bool) {
    let mut bytes = value.as_bytes().to_vec();
    if !redaction.overwrite(&mut bytes) {
        return (value.clone(), false);
    }
    // Stars instead of some bytes cannot make a header invalid; were it so, it is left empty.
    (HeaderValue::from_bytes(&bytes).unwrap_or(HeaderValue::from_static("")), true)
}
