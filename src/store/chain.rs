//! The links of the chain, as the store sees them: it knows the order, not the hash.

use crate::domain::AuditRecord;
use std::fmt;

/// Computes the hashes that chain the records.
///
/// The store hands in what is hashed and keeps what comes out. Which hash it is, and what is mixed
/// into it, is up to the implementation.
pub trait ChainHasher: fmt::Debug + Send + Sync {
    /// Returns the hash of record `seq`, whose canonical JSON is `bytes`, after a record with hash
    /// `prev`. The same arguments must give the same hash for ever, or a sound record looks
    /// changed.
    fn seal(&self, seq: u64, prev: &[u8; 32], bytes: &[u8]) -> [u8; 32];

    /// Returns what the first record has for the hash of a record before it. It is asked for only
    /// while the chain is empty.
    fn genesis(&self) -> [u8; 32] {
        [0; 32]
    }
}

/// The last link of the chain. Two heads that are equal stand for the same records up to there, as
/// far as the hash can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The sequence number of the last record; 0 when there is none.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// A record's place in the chain. Links are made within a transaction and are good only if that is
/// committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainLink {
    /// The sequence number, contiguous from 1.
    pub seq: u64,
    /// The hash of the record before.
    pub prev_hash: [u8; 32],
    /// The hash over number, hash before, and bytes.
    pub hash: [u8; 32],
    /// The canonical JSON that was hashed. It is stored as it is and never written anew, so that a
    /// hash can be computed again from it.
    pub bytes: Box<[u8]>,
}

impl ChainLink {
    /// Forges the link that comes after `head`. The order of the records is the order in which this
    /// is called within a transaction.
    pub(super) fn after(head: ChainHead, bytes: Vec<u8>, seal: &dyn ChainHasher) -> Self {
        let seq = head.seq.saturating_add(1);
        let hash = seal.seal(seq, &head.hash, &bytes);
        Self { seq, prev_hash: head.hash, hash, bytes: bytes.into() }
    }

    /// Returns the head of a chain that ends with this link.
    pub(super) fn head(&self) -> ChainHead {
        ChainHead { seq: self.seq, hash: self.hash }
    }
}

/// A record that is in the chain. It was read from the database or has just been committed, and
/// never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct SealedRecord {
    /// The sequence number, contiguous from 1.
    pub seq: u64,
    /// The hash of the record before.
    pub prev_hash: [u8; 32],
    /// The hash over number, hash before, and bytes.
    pub hash: [u8; 32],
    /// The canonical JSON that was hashed.
    pub bytes: Box<[u8]>,
    /// What the bytes say. Fields that this version does not know are in the bytes alone.
    pub record: AuditRecord,
}

impl SealedRecord {
    /// Joins a link with the record its bytes were made from.
    pub fn new(link: ChainLink, record: AuditRecord) -> Self {
        let ChainLink { seq, prev_hash, hash, bytes } = link;
        Self { seq, prev_hash, hash, bytes, record }
    }
}
