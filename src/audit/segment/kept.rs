//! The changes of a segment that the database keeps, counted and digested.

use crate::domain::{Action, AuditRecord, RecordBody};
use sha2::{Digest, Sha256};

/// How many changes the database keeps of a segment, and SHA-256 over their hashes in the chain's order.
/// So that one that is taken away later is missed.
#[derive(Debug, Clone, Default)]
pub struct KeptDigest {
    count: u64,
    digest: Sha256,
}

impl KeptDigest {
    /// Takes a record in, if the database keeps it.
    pub(super) fn see(&mut self, record: &AuditRecord, hash: &[u8; 32]) {
        let is_change = matches!(record.body, RecordBody::Admin(_));
        if is_change && Action::find(&record.action).is_some_and(Action::is_kept) {
            self.add(hash);
        }
    }

    /// Takes in the hash of a change that is kept.
    pub fn add(&mut self, hash: &[u8]) {
        self.count += 1;
        self.digest.update(hash);
    }

    /// Returns the count, and the digest.
    pub fn sum(&self) -> (u64, [u8; 32]) {
        (self.count, self.digest.clone().finalize().into())
    }
}
