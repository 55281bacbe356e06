//! Whether the record can be trusted, from the rows alone.

use super::{
    FirstBad, HashChain, IntegrityError,
    beginning::{LeftInPlace, beginning_of, begins_lawfully, genesis},
    trust::VerifierKey,
};
use crate::{
    domain::AuditRecord,
    store::{ChainExtent, ChainHasher, ChainHead, Columns, RawRecord, Reader, StoreError},
};
use std::{fmt, path::Path};

/// What was checked and found good. It says nothing of records that somebody cut off together with
/// the head: for that, hold the head against a checkpoint from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Records checked.
    pub records: u64,
    /// Where the chain ends. Note it elsewhere: it vouches for everything up to it.
    pub head: ChainHead,
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records, the last has hash {}", self.records, hex::encode(self.head.hash))
    }
}

/// The record could not be verified. A record that is not as it was written is told apart from one
/// that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It cannot be read.
    #[error("the record cannot be read")]
    Store(#[from] StoreError),
    /// It is not as it was written.
    #[error("the record is not as it was written")]
    Bad(#[from] FirstBad),
}

/// Verifies the database in `dir`, whether a gateway uses it or not; a copy does as well. Blocks,
/// and reads the whole record once. Nothing is written, and the gateway goes on meanwhile.
pub fn verify_database(dir: &Path) -> Result<Verification, VerifyError> {
    Reader::open(dir)?
        .scan(|extent, records| verify_extent(records, extent, &[], &mut |_, _| {}))?
}

/// Verifies the records of a database, whether it may begin where it does, and what it keeps of records that
/// left. Tells `watch` of each link that is good. Of segments, those count that one of `keys` signed.
pub(super) fn verify_extent(
    records: impl Iterator<Item = Result<RawRecord, StoreError>>,
    extent: &ChainExtent,
    keys: &[VerifierKey],
    watch: &mut dyn FnMut(&RawRecord, ChainHead),
) -> Result<Verification, VerifyError> {
    let base = extent.base;
    if !begins_lawfully(base, &extent.segments, keys) {
        return Err(FirstBad { seq: 1, problem: IntegrityError::BeginsLate(base.seq) }.into());
    }
    let mut left = LeftInPlace::new(extent, keys);
    let mut seen = |record: &RawRecord, head| {
        left.see(record, head);
        watch(record, head);
    };
    let good = verify_watched(records, beginning_of(base), extent.head, &mut seen)?;
    left.end()?;
    Ok(good)
}

/// Recomputes the chain over `records`, from the first on and in order, up to where it is `said` to end.
///
/// Finds records that were changed, removed, inserted or reordered, and searchable columns that were
/// changed alone. It stops at the first one that is bad. Whoever computes a new chain over other
/// records is not found here, only by a checkpoint.
pub fn verify(
    records: impl Iterator<Item = Result<RawRecord, StoreError>>,
    said: ChainHead,
) -> Result<Verification, VerifyError> {
    verify_watched(records, genesis(), said, &mut |_, _| {})
}

/// Does the same from behind `before` on, and tells `watch` of each link that is good. The links come in
/// order, and none behind one that is bad.
pub(super) fn verify_watched(
    records: impl Iterator<Item = Result<RawRecord, StoreError>>,
    before: ChainHead,
    said: ChainHead,
    watch: &mut dyn FnMut(&RawRecord, ChainHead),
) -> Result<Verification, VerifyError> {
    let mut head = before;
    for record in records {
        let record = record?;
        head = check(&record, head)?;
        watch(&record, head);
    }
    let ends = |seq: u64, problem| Err(FirstBad { seq: seq.cast_signed(), problem }.into());
    if head.seq < said.seq {
        return ends(head.seq + 1, IntegrityError::EndMissing(said.seq));
    }
    if head.seq > said.seq {
        return ends(said.seq + 1, IntegrityError::Inserted);
    }
    // An empty chain has zeros for a hash in the database, which is not what it begins with.
    if head.seq > 0 && head.hash != said.hash {
        return ends(head.seq, IntegrityError::EndExchanged);
    }
    Ok(Verification { records: head.seq - before.seq, head })
}

/// Checks one record that must follow `head`, and returns the head after it.
fn check(record: &RawRecord, head: ChainHead) -> Result<ChainHead, FirstBad> {
    let seq = head.seq + 1;
    let found = record.seq;
    let bad = |seq: i64, problem| Err(FirstBad { seq, problem });
    if found > seq.cast_signed() {
        return bad(seq.cast_signed(), IntegrityError::Missing(found));
    }
    if found < seq.cast_signed() {
        return bad(found, IntegrityError::Inserted);
    }
    // Asked beside the hash, which is computed with the one before and not with this column:
    // changed alone, it would not show.
    if record.prev_hash != head.hash {
        return bad(found, IntegrityError::Unlinked);
    }
    let hash = HashChain.seal(seq, &head.hash, &record.bytes);
    if record.hash != hash {
        return bad(found, IntegrityError::Changed);
    }
    // Last: what bytes say that were changed is not worth telling.
    match serde_json::from_slice::<AuditRecord>(&record.bytes) {
        Err(error) => bad(found, IntegrityError::Unreadable(error.to_string().into())),
        Ok(content) => match Columns::from_record(&content).first_difference(&record.columns()) {
            Some(name) => bad(found, IntegrityError::Column(name)),
            None => Ok(ChainHead { seq, hash }),
        },
    }
}
