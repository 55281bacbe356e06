//! What is put on record when records move, and when a segment is deleted.

use crate::{
    audit::segment::told_segment,
    domain::{Action, Actor, AuditRecord, Bundle, Effect, StoredSegment, Timestamp},
};
use serde_json::{Value, json};

/// Returns the bundle that puts a segment on record. The record has all that the database knows of it, so that
/// the database can be made again from the record.
pub(super) fn archived(segment: StoredSegment, folder: &str, by: &Actor, at: Timestamp) -> Bundle {
    let after = told_segment(&segment, folder);
    let name = segment.name();
    let record = AuditRecord::change(at, by, Action::AuditArchive, name, Value::Null, after);
    Bundle::record(record).with(Effect::KeepSegment(Box::new(segment), folder.into()))
}

/// Returns the bundle that says that a segment is deleted.
pub(super) fn deleted(segment: &StoredSegment, at: Timestamp) -> Bundle {
    let before = json!({
        "first": segment.first,
        "last": segment.last,
        "hash": hex::encode(segment.hash),
        "last_at": segment.last_at,
        "bytes": segment.bytes,
        "sha256": hex::encode(segment.sha256),
    });
    let (action, name) = (Action::AuditSegmentDelete, segment.name());
    let record = AuditRecord::change(at, Actor::GATEWAY, action, name, before, Value::Null);
    Bundle::record(record).with(Effect::DropSegment(segment.first, at))
}
