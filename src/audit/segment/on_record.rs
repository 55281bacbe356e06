//! A segment as a record tells of it: all that the database knows of it, so that it can be made again.

use crate::{audit::export::hash, domain::StoredSegment};
use serde_json::{Value, json};

/// Returns a segment in the archive folder of that name for a record.
pub fn told_segment(segment: &StoredSegment, folder: &str) -> Value {
    json!({
        "first": segment.first,
        "last": segment.last,
        "prev_hash": hex::encode(segment.prev_hash),
        "hash": hex::encode(segment.hash),
        "first_at": segment.first_at,
        "last_at": segment.last_at,
        "bytes": segment.bytes,
        "sha256": hex::encode(segment.sha256),
        "note": segment.note,
        "folder": folder,
    })
}

/// Returns the segment that a record tells of, and the name of its folder; `None` where it tells of none.
pub fn segment_told(told: &Value) -> Option<(StoredSegment, Box<str>)> {
    let number = |name: &str| told[name].as_u64();
    let text = |name: &str| told[name].as_str();
    let time = |name: &str| serde_json::from_value(told[name].clone()).ok();
    let segment = StoredSegment {
        first: number("first")?,
        last: number("last")?,
        prev_hash: hash(text("prev_hash")?)?,
        hash: hash(text("hash")?)?,
        first_at: time("first_at")?,
        last_at: time("last_at")?,
        bytes: number("bytes")?,
        sha256: hash(text("sha256")?)?,
        note: text("note")?.into(),
        deleted_at: None,
    };
    Some((segment, text("folder")?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn a_segment_is_made_again_from_what_a_record_tells() {
        let segment = StoredSegment {
            first: 3,
            last: 9,
            prev_hash: [1; 32],
            hash: [2; 32],
            first_at: Timestamp::from_micros(4),
            last_at: Timestamp::from_micros(5),
            bytes: 6,
            sha256: [7; 32],
            note: "signed\n".into(),
            deleted_at: None,
        };
        let mut told = told_segment(&segment, "folder");
        assert_eq!(segment_told(&told), Some((segment, "folder".into())));
        told["hash"] = "short".into();
        assert_eq!(segment_told(&told), None);
    }
}
