//! Whether the record can be trusted, from the rows alone.

use super::HashChain;
use crate::{
    domain::AuditRecord,
    store::{ChainHasher, ChainHead, Columns, RawRecord, Reader, StoreError},
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

/// The first record that is not as it was written. Nothing is said of the records behind it, since
/// they are chained to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {seq}: {problem}")]
pub struct FirstBad {
    /// Its sequence number, or the one that should be there.
    pub seq: i64,
    /// What is wrong.
    pub problem: IntegrityError,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntegrityError {
    /// It is not there; the next one that is has this number.
    Missing(i64),
    /// It is there although its number was given to another one already, or to none. Its content
    /// may be in order all the same.
    Inserted,
    /// It does not follow the record before it: one of the two was changed, moved or exchanged.
    /// Which of the two it was cannot be told from here.
    Unlinked,
    /// Its hash does not fit its content.
    Changed,
    /// Its content is no record that is known here.
    Unreadable(Box<str>),
    /// This searchable column does not say what its content says. The hash does not cover columns,
    /// so the chain is whole all the same.
    Column(&'static str),
    /// Records up to this one were committed, but it and those after it are not there. The records
    /// before it are good.
    EndMissing(u64),
    /// It ends the chain, but another record was committed in its place.
    EndExchanged,
}

impl IntegrityError {
    /// Says whether all records before it were looked at and are good, and none are behind it.
    pub(super) fn is_of_the_end(&self) -> bool {
        matches!(self, Self::EndMissing(_) | Self::EndExchanged)
    }
}

impl fmt::Display for IntegrityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(next) => write!(f, "missing, the next one is {next}"),
            Self::Inserted => f.write_str("inserted, its number is not its own"),
            Self::Unlinked => f.write_str("does not follow the record before it"),
            Self::Changed => f.write_str("changed, its hash does not fit its content"),
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::Column(name) => write!(f, "column '{name}' does not say what its content says"),
            Self::EndMissing(last) => write!(f, "missing, and all after it up to {last}"),
            Self::EndExchanged => f.write_str("is not the record that was committed last"),
        }
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
    Reader::open(dir)?.scan(|said, records| verify(records, said))?
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
    verify_watched(records, said, &mut |_| {})
}

/// Does the same, and tells `watch` of each link that is good. The links come in order, and none
/// behind one that is bad.
pub(super) fn verify_watched(
    records: impl Iterator<Item = Result<RawRecord, StoreError>>,
    said: ChainHead,
    watch: &mut dyn FnMut(ChainHead),
) -> Result<Verification, VerifyError> {
    let mut head = ChainHead { seq: 0, hash: HashChain.genesis() };
    for record in records {
        head = check(&record?, head)?;
        watch(head);
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
    Ok(Verification { records: head.seq, head })
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
