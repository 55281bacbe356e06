//! What a restored record is signed with: the key of before, where nothing that it signed can be missing, and
//! a new one otherwise.

use super::{BackupSubject, Coverage, replay::Replayed, restoration_error::RestorationError};
use crate::{
    audit::{
        signed_anew,
        trust::{
            FormerKey, LAST_SIGNED_FILE, NewLog, PUBLIC_FILE, SIGNING_FILE, SigningFileError,
            VerifierKey,
        },
    },
    domain::{Action, Effect, RecordBody, Timestamp},
    store::{ChainExtent, Reader, SealedRecord, StoreError},
};
use std::{fs, io, path::Path};

/// How the log goes on.
#[derive(Debug)]
pub(super) enum RestoredLog {
    /// With the key of the backup.
    GoesOn(VerifierKey),
    /// With a new key, which has signed nothing.
    Begins(NewLog),
}

impl RestoredLog {
    /// Chooses: the key of the backup signs on only if it is there, all that it may have signed is here, and no
    /// other key took its place.
    pub(super) fn choose(
        dir: &Path,
        subject: &BackupSubject,
        replayed: &Replayed,
        coverage: &Coverage,
    ) -> Result<Self, SigningFileError> {
        let is_there = dir.join(SIGNING_FILE).exists();
        if is_there && coverage.covers_end() && replayed.later_keys().is_empty() {
            return Ok(Self::GoesOn(subject.key.clone()));
        }
        let made = NewLog::make();
        made.map(Self::Begins).map_err(|error| SigningFileError::Io(dir.join(SIGNING_FILE), error))
    }

    /// Returns what signatures are checked with from now on.
    pub(super) fn key(&self) -> &VerifierKey {
        match self {
            Self::GoesOn(key) => key,
            Self::Begins(made) => made.verifier(),
        }
    }

    /// Returns what a new key says of segments that those which are believed signed.
    pub(super) fn signed_anew(
        &self,
        extent: &ChainExtent,
        believed: &[VerifierKey],
        at: Timestamp,
    ) -> Vec<Effect> {
        match self {
            Self::GoesOn(_) => Vec::new(),
            Self::Begins(made) => signed_anew(extent, believed, made, at),
        }
    }

    /// Writes what a start looks for, and returns the key, and whether it is new.
    pub(super) fn write(
        self,
        dir: &Path,
        (replayed, ends): (&Replayed, u64),
        reader: &Reader,
        at: Timestamp,
    ) -> Result<(VerifierKey, bool), RestorationError> {
        let mut former = former_keys(reader)?;
        let made = match self {
            Self::GoesOn(key) => {
                FormerKey::write(&former, dir)?;
                return Ok((key, false));
            }
            Self::Begins(made) => made,
        };
        // Whoever has the key of before must not be able to use it here.
        for name in [SIGNING_FILE, LAST_SIGNED_FILE, PUBLIC_FILE] {
            remove(&dir.join(name))?;
        }
        let later = replayed.later_keys().iter();
        former.extend(later.map(|key| FormerKey { key: key.clone(), ends }));
        FormerKey::write(&former, dir)?;
        Ok((made.begin_restored(dir, at)?, true))
    }
}

/// Returns the keys of before, as the seams of earlier restores tell of them.
fn former_keys(reader: &Reader) -> Result<Vec<FormerKey>, StoreError> {
    let seams = reader.changes(Action::AuditRestore)?;
    Ok(seams.iter().filter_map(former_key).collect())
}

fn former_key(seam: &SealedRecord) -> Option<FormerKey> {
    let RecordBody::Admin(change) = &seam.record.body else { return None };
    let key: VerifierKey = change.before["key"].as_str()?.parse().ok()?;
    let goes_on = change.after["key"].as_str() == Some(&*key.to_string());
    let ends = change.after["covered_up_to"].as_u64()?;
    (!goes_on).then_some(FormerKey { key, ends })
}

fn remove(path: &Path) -> Result<(), SigningFileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SigningFileError::Io(path.to_owned(), error))
        }
        _ => Ok(()),
    }
}
