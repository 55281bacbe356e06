//! The lines of a segment; the last one is [`SignedEnd`](crate::audit::packed::SignedEnd).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of this form. A reader refuses every other one.
pub(super) const VERSION: u64 = 1;

/// The name of this form in the first line.
pub(super) const FORM: &str = "ideogate_segment";

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentHeader {
    pub(super) ideogate_segment: u64,
    pub(super) key: String,
    pub(super) created: String,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) prev_hash: String,
}

/// A record's line. The bytes that were hashed are those of `record`, as they stand.
#[derive(Debug, Serialize, Deserialize)]
// What stood beside these would look as proven as they are.
#[serde(deny_unknown_fields)]
pub(super) struct SegmentLine<'l> {
    pub(super) seq: u64,
    pub(super) hash: String,
    #[serde(borrow)]
    pub(super) record: &'l RawValue,
}
