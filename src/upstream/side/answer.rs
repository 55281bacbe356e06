//! What came back.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue,
    header::{AGE, CACHE_CONTROL},
};
use std::time::Duration;

/// A public document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideAnswer {
    /// The document.
    pub body: Bytes,
    /// For how long from now its sender says that it may be kept; `None` when it says nothing.
    pub max_age: Option<Duration>,
}

/// Reads `Cache-Control`, less the time that the document lay elsewhere already. Both headers are
/// those of RFC 9111; `no-store` or `no-cache` means not at all, and of several `max-age` the last
/// one counts.
pub(super) fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let words = values.flat_map(|value| value.split(',')).map(|word| word.trim().to_lowercase());
    let mut found = None;
    for word in words {
        if matches!(&*word, "no-store" | "no-cache") {
            return Some(Duration::ZERO);
        }
        let seconds = word.strip_prefix("max-age=").map(|text| text.trim_matches('"'));
        found = seconds.and_then(|text| text.parse().ok()).or(found);
    }
    let age = headers.get(AGE).and_then(seconds).unwrap_or(0);
    found.map(|seconds: u64| Duration::from_secs(seconds.saturating_sub(age)))
}

fn seconds(value: &HeaderValue) -> Option<u64> {
    value.to_str().ok()?.trim().parse().ok()
}
