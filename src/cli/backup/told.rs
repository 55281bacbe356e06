//! What is said of a backup that was made.

use crate::{backup::BackupFile, cli::output::Output};
use bytesize::ByteSize;
use serde_json::{Value, json};
use std::path::PathBuf;

/// A backup that has its name.
pub(super) struct MadeBackup {
    /// The file.
    pub(super) file: PathBuf,
    /// What the gateway calls it.
    pub(super) name: String,
    /// What is in it.
    pub(super) found: BackupFile,
    /// The folder of segments, where records lie in some.
    pub(super) segments: Option<String>,
}

impl MadeBackup {
    pub(super) fn tell(&self, screen: Output) -> anyhow::Result<()> {
        if screen.is_json() {
            return screen.json(&self.json());
        }
        let subject = &self.found.subject;
        let (records, size) = (self.records(), ByteSize(self.found.bytes));
        let plural = if records == 1 { "" } else { "s" };
        screen.line(format!(
            "backup of {}: {records} record{plural}, {size}, written to {} and verified",
            subject.made_at,
            self.file.display()
        ))?;
        screen.line(format!("not in it: {}", self.not_in_it().join(", ")))?;
        Ok(())
    }

    fn json(&self) -> Value {
        let subject = &self.found.subject;
        json!({
            "file": self.file.display().to_string(),
            "name": self.name,
            "bytes": self.found.bytes,
            "made_at": subject.made_at,
            "records": self.records(),
            "head": { "seq": subject.head.seq, "hash": hex::encode(subject.head.hash) },
            "key": subject.key.to_string(),
            "schema": subject.schema,
            "with_keys": subject.with_keys,
            "not_in_it": self.not_in_it(),
        })
    }

    /// Returns how many records are in it.
    fn records(&self) -> u64 {
        self.found.subject.head.seq - self.found.subject.base.seq
    }

    /// Returns what a gateway has and this file has not.
    fn not_in_it(&self) -> Vec<String> {
        let mut left = vec!["Ideogram's keys".to_owned(), "settings".to_owned()];
        left.push("kept answers".to_owned());
        left.extend(self.segments.as_ref().map(|folder| format!("the segments in {folder}")));
        if !self.found.subject.with_keys {
            left.push("private keys (--with-keys)".to_owned());
        }
        left
    }
}
