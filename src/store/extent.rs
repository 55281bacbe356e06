//! Where the chain of a database begins and ends, and what it keeps of what is before.

use super::ChainHead;
use crate::domain::{CallId, StoredSegment, Timestamp};

/// Where the chain of the database begins: behind the last record that left it. The number is 0 as
/// long as none did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainBase {
    /// The last record that left.
    pub head: ChainHead,
    /// The name of the archive folder, which its mark has too; `None` while none was used.
    pub folder: Option<Box<str>>,
}

/// All that says where the chain is, as of one moment. Nothing of it is proven: whoever can write the
/// database can write this too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainExtent {
    /// The last record that is not in the database any more.
    pub base: ChainHead,
    /// The last record.
    pub head: ChainHead,
    /// The segments, from the first on.
    pub segments: Vec<StoredSegment>,
    /// The changes that stayed when their records left, in the chain's order.
    pub kept: Vec<KeptChange>,
}

/// A change that stayed when its record left, as stored: neither its hashes nor its bytes are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptChange {
    /// The number of its record.
    pub seq: i64,
    /// What was done.
    pub action: String,
    /// The record's bytes.
    pub bytes: Vec<u8>,
    /// The hash of the record before.
    pub prev_hash: Vec<u8>,
    /// The hash of the record.
    pub hash: Vec<u8>,
}

/// A call whose records must stay in the database, since more of them may come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallAtWork {
    /// The number of its first record.
    pub seq: u64,
    /// The call.
    pub call: CallId,
    /// What is still to come, for people.
    pub why: &'static str,
}

/// How large a record is, and when it was; for those who plan where to cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordSize {
    /// Its number.
    pub seq: u64,
    /// When it was made.
    pub at: Timestamp,
    /// The bytes of its JSON.
    pub bytes: u64,
}
