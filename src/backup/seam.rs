//! What the record says of its own restore, where the old part ends and the new one begins.

use super::Coverage;
use crate::{
    audit::trust::VerifierKey,
    domain::{Action, Actor, AuditRecord, Timestamp},
    store::ChainHead,
};
use serde_json::{Value, json};

/// Where two parts of a record meet: what was restored, from what, and how far that reaches.
#[derive(Debug)]
pub struct Seam<'s> {
    /// The key of the backup.
    pub old_key: &'s VerifierKey,
    /// The last record of the backup.
    pub backed_up: ChainHead,
    /// When it was made.
    pub made_at: Timestamp,
    /// SHA-256 of its file.
    pub backup_sha256: [u8; 32],
    /// The key that the record goes on with.
    pub key: &'s VerifierKey,
    /// Files of records that were read: what they are called, and their first and last record.
    pub records: Vec<(String, u64, u64)>,
    /// How far all that reaches.
    pub coverage: &'s Coverage,
    /// Tokens that were disabled.
    pub tokens_disabled: usize,
    /// Whether somebody said that tokens are to be trusted all the same.
    pub trusted: bool,
}

impl Seam<'_> {
    /// Returns the record of it.
    pub fn record(&self, at: Timestamp, by: &Actor) -> AuditRecord {
        let before = json!({
            "key": self.old_key.to_string(),
            "head": head(self.backed_up),
            "made_at": self.made_at,
        });
        let after = json!({
            "key": self.key.to_string(),
            "backup_sha256": hex::encode(self.backup_sha256),
            "records": self.records.iter().map(file).collect::<Vec<_>>(),
            "covered": self.coverage.covers_end(),
            "covered_up_to": self.coverage.up_to,
            "known_up_to": self.coverage.known,
            "gaps": gaps(self.coverage),
            "tokens_disabled": self.tokens_disabled,
            "trusted": self.trusted,
        });
        AuditRecord::change(at, by, Action::AuditRestore, "audit", before, after)
    }
}

fn head(head: ChainHead) -> Value {
    json!({ "seq": head.seq, "hash": hex::encode(head.hash) })
}

fn file((file, first, last): &(String, u64, u64)) -> Value {
    json!({ "file": file, "first": first, "last": last })
}

fn gaps(coverage: &Coverage) -> Vec<[u64; 2]> {
    coverage.gaps.iter().map(|gap| [*gap.start(), *gap.end()]).collect()
}
