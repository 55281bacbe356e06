//! The lines of a segment.

use super::SegmentProblem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::io::{BufRead, Read};

/// The version of this form. A reader refuses every other one.
pub(super) const VERSION: u32 = 1;

/// The longest line there is; more than the largest record. So a file that unpacks to more than it should
/// does not fill the memory.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// What the last line begins with. No record's line does.
pub(super) const END: &str = "{\"manifest\":";

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentHeader {
    pub(super) ideogate_segment: u32,
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

/// The last line. Both notes are whole, with their signatures.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentEnd {
    pub(super) manifest: String,
    pub(super) checkpoint: String,
}

/// Returns a value as one line.
pub(super) fn line(value: &impl Serialize) -> Vec<u8> {
    // None of them has maps whose keys are not text, and memory takes all, so this cannot fail.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}

/// Reads a line with its end; `None` where the file ends before it.
pub(super) fn read_line(lines: &mut impl BufRead) -> Result<Option<String>, SegmentProblem> {
    let mut bytes = Vec::new();
    lines.by_ref().take(MOST_BYTES).read_until(b'\n', &mut bytes)?;
    match bytes.last() {
        None => Ok(None),
        Some(b'\n') => String::from_utf8(bytes).map(Some).map_err(|_| SegmentProblem::OtherLines),
        Some(_) => Err(SegmentProblem::CutOff),
    }
}
