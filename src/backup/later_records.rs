//! All records that came after a backup, from whichever files.

use super::RecordFile;
use crate::{
    audit::trust::VerifierKey,
    domain::{Action, RecordBody},
    store::{ChainHead, SealedRecord},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Records of files that contradict each other, or are of another gateway.
#[derive(Debug, thiserror::Error)]
pub enum LaterRecordsError {
    /// A file is of another log.
    #[error(
        "{} is of another log, {key}: if the record went on with that key, say so with --key", path.display()
    )]
    OtherLog {
        /// The file.
        path: PathBuf,
        /// By whom it is signed.
        key: String,
    },
    /// A file has another record than the backup has.
    #[error("{} has another record {seq} than the backup", path.display())]
    OtherThanBackup {
        /// The file.
        path: PathBuf,
        /// The number of the record.
        seq: u64,
    },
    /// Two files have two records of one number.
    #[error("{} and {} have different records {seq}", one.display(), other.display())]
    Different {
        /// One file.
        one: PathBuf,
        /// The other.
        other: PathBuf,
        /// The number of the records.
        seq: u64,
    },
}

/// Records of later, each once and by number.
#[derive(Debug, Default)]
pub struct LaterRecords {
    by_number: BTreeMap<u64, (SealedRecord, PathBuf)>,
}

/// Returns whom to believe: the keys that are believed already, and those with which the record went on by
/// its own words. A file of anybody else is refused.
pub fn believed_keys(
    files: &[RecordFile],
    mut believed: Vec<VerifierKey>,
) -> Result<Vec<VerifierKey>, LaterRecordsError> {
    // In the order of their records, since each key is named by what the one before signed or led to.
    let mut in_order: Vec<_> = files.iter().collect();
    in_order.sort_by_key(|file| (file.up_to, file.last));
    for file in in_order {
        let told = file.later.iter().filter_map(went_on_with);
        for (before, after) in told {
            if believed.contains(&before) && !believed.contains(&after) {
                believed.push(after);
            }
        }
        if !believed.contains(&file.key) {
            let (path, key) = (file.path.clone(), file.key.to_string());
            return Err(LaterRecordsError::OtherLog { path, key });
        }
    }
    Ok(believed)
}

/// Returns the keys before and after, where a record tells that the log went on with another one.
fn went_on_with(sealed: &SealedRecord) -> Option<(VerifierKey, VerifierKey)> {
    let RecordBody::Admin(change) = &sealed.record.body else { return None };
    let action = Action::find(&sealed.record.action)?;
    if !matches!(action, Action::AuditAcceptRestore | Action::AuditRestore) {
        return None;
    }
    let key = |value: &serde_json::Value| value["key"].as_str()?.parse().ok();
    Some((key(&change.before)?, key(&change.after)?))
}

impl LaterRecords {
    /// Puts the records of all files together. `backed_up` returns the hash of a record of the backup; `None`
    /// for one that left its database.
    pub fn of_files<E>(
        files: Vec<RecordFile>,
        mut backed_up: impl FnMut(u64) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Result<Self, LaterRecordsError>, E> {
        let mut all = Self::default();
        for file in files {
            if let Some(ChainHead { seq, hash }) = file.shared
                && backed_up(seq)?.is_some_and(|own| own != hash)
            {
                return Ok(Err(LaterRecordsError::OtherThanBackup { path: file.path, seq }));
            }
            for sealed in file.later {
                if let Err(error) = all.add(sealed, &file.path) {
                    return Ok(Err(error));
                }
            }
        }
        Ok(Ok(all))
    }

    fn add(&mut self, sealed: SealedRecord, path: &Path) -> Result<(), LaterRecordsError> {
        match self.by_number.get(&sealed.seq) {
            Some((own, other)) if *own != sealed => {
                let (one, other, seq) = (other.clone(), path.to_owned(), sealed.seq);
                Err(LaterRecordsError::Different { one, other, seq })
            }
            Some(_) => Ok(()),
            None => {
                self.by_number.insert(sealed.seq, (sealed, path.to_owned()));
                Ok(())
            }
        }
    }

    /// Returns the numbers of the records, in their order.
    pub fn numbers(&self) -> Vec<u64> {
        self.by_number.keys().copied().collect()
    }

    /// Returns the records in their order.
    pub fn records(&self) -> impl Iterator<Item = &SealedRecord> {
        self.by_number.values().map(|(sealed, _)| sealed)
    }
}
