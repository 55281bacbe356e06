//! Entries by the records that begin them.

use crate::{
    audit::{Entry, fold},
    domain::RecordBody,
    store::{Reader, RecordQuery, SealedRecord, StoreError},
};

/// The kinds of records that an entry begins with: each entry has exactly one of them, so entries
/// can be paged through by its sequence number.
pub(super) const ANCHORS: [&str; 4] = ["intent", "refusal", "admin", "summary"];

/// Returns the entry that `anchor` begins, with all that is known of it by now.
pub(super) fn entry(reader: &Reader, anchor: SealedRecord) -> Result<Option<Entry>, StoreError> {
    let records = match (&anchor.record.body, &anchor.record.call) {
        (RecordBody::Intent(_), Some(call)) => {
            reader.records(&RecordQuery { call: Some(call.clone()), ..RecordQuery::default() })?
        }
        _ => vec![anchor],
    };
    Ok(fold(records).into_iter().next())
}
