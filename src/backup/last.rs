//! The backup that was kept last.

use crate::{
    domain::Timestamp,
    store::{OWNER_ONLY, replace_file},
};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The file in the data folder that tells of it. It is in no backup: what is restored has none of its own.
const FILE: &str = "backup.last";

/// A backup that somebody has, whole and read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBackup {
    /// Its name.
    pub name: Box<str>,
    /// When it was made: from then on it is as old as its content.
    pub made_at: Timestamp,
}

/// Knows which backup was kept last, over restarts too.
#[derive(Debug)]
pub(super) struct LastKept {
    file: PathBuf,
    kept: Mutex<Option<KeptBackup>>,
}

impl LastKept {
    /// Reads it from a data folder. A file that cannot be read counts as none: the next backup replaces it.
    pub(super) fn in_folder(data: &Path) -> Self {
        let file = data.join(FILE);
        let kept = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { file, kept: Mutex::new(kept) }
    }

    pub(super) fn get(&self) -> Option<KeptBackup> {
        self.kept.lock().clone()
    }

    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// Notes a backup, durably, unless a later one is known. Blocks.
    pub(super) fn note(&self, backup: KeptBackup) -> io::Result<()> {
        let mut kept = self.kept.lock();
        if kept.as_ref().is_some_and(|known| known.made_at >= backup.made_at) {
            return Ok(());
        }
        replace_file(&self.file, &serde_json::to_vec(&backup)?, OWNER_ONLY)?;
        *kept = Some(backup);
        Ok(())
    }
}
