//! Taking up a log where an earlier run left it, if the record is still the one that was signed.

use super::{
    Checkpoint, CheckpointError, CheckpointFile, FormerKey, LAST_SIGNED_FILE, NewLog, Notary,
    NoteError, SignedNote, SigningFileError, SigningKey,
    key_file::{self, Kept},
    new_log::sign_first,
};
use crate::{
    domain::Clock,
    store::{ChainHead, Reader, StoreError},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What a log is taken up with. Nothing else may write into the folder while a log is taken up.
#[derive(Debug)]
pub struct LogResumption<'t> {
    /// The data folder, held by this process.
    pub dir: &'t Path,
    /// Where checkpoints are added to.
    pub file: &'t CheckpointFile,
    /// The record.
    pub reader: &'t Reader,
    /// Dates what is signed.
    pub clock: Arc<dyn Clock>,
}

/// What to do about a record that is not the one that was signed.
const WHAT_TO_DO: &str = "Nothing is served. Put the newest copy of the data folder back. If there is none and \
    this one must do, `ideogate audit accept-restore --reason …` says so on record and goes on with a new key";

/// A log cannot be taken up. There is no notary then, so nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The signing key cannot be used.
    #[error(transparent)]
    Key(#[from] SigningFileError),
    /// A file of checkpoints cannot be read.
    #[error("the checkpoints in {} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// The record cannot be read.
    #[error("the record cannot be read")]
    Store(#[from] StoreError),
    /// The key is gone, but not what it signed.
    #[error(
        "the signing key {} is missing, but {} holds what it signed. Put it back from a backup. If there is \
         none, `ideogate audit accept-restore --reason …` makes a new one and says so on record",
        key.display(), by.display()
    )]
    KeyMissing {
        /// Where it should be.
        key: PathBuf,
        /// What it signed.
        by: PathBuf,
    },
    /// The key is there, but not what it signed last.
    #[error(
        "the signing key {} is there, but {} is missing, which holds what it signed last: it was removed, \
         and the end of the record may be gone with it. {WHAT_TO_DO}",
        key.display(), last.display()
    )]
    LastMissing {
        /// The key.
        key: PathBuf,
        /// Where its last checkpoint should be.
        last: PathBuf,
    },
    /// The checkpoints are another log's.
    #[error(
        "{} holds checkpoints of another log, {signer}: give each gateway a file of its own \
         ([audit] checkpoint_file). If this record was one with that log, {WHAT_TO_DO}",
        path.display()
    )]
    OtherLog {
        /// The file.
        path: PathBuf,
        /// Whose they are.
        signer: String,
    },
    /// The last checkpoint is not what was written.
    #[error("{} was changed: it does not hold what the gateway signed last. {WHAT_TO_DO}", .0.display())]
    Changed(PathBuf),
    /// Records that were signed are not there.
    #[error(
        "the record ends with {ends}, but {} records were signed at {}: its end was cut off, or an older \
         copy was put back. {WHAT_TO_DO}",
        signed.head.seq, signed.at
    )]
    EndsBefore {
        /// What was signed.
        signed: Box<Checkpoint>,
        /// The number of the last record.
        ends: u64,
    },
    /// Records are missing at the beginning, and no signed segment says that they left.
    #[error(
        "the record begins behind {0}, and no signed segment says that the records before left the database: \
         they were removed. {WHAT_TO_DO}"
    )]
    BeginsUnproven(u64),
    /// A record is not the one that was signed.
    #[error(
        "record {} is not the one that was signed at {}: the record was written anew, or is another one. \
         {WHAT_TO_DO}",
        signed.head.seq, signed.at
    )]
    Rewritten {
        /// What was signed.
        signed: Box<Checkpoint>,
    },
}

impl ResumeError {
    /// Says whether an operator can accept it and go on with a new key. What only the owner of a
    /// file or a disk can mend is not among it.
    pub fn can_be_accepted(&self) -> bool {
        match self {
            Self::Key(error) => {
                matches!(error, SigningFileError::Damaged(_) | SigningFileError::OpenToOthers(..))
            }
            Self::Unreadable(..) | Self::Store(_) => false,
            _ => true,
        }
    }

    /// Returns what was signed and does not hold, where that is known.
    pub fn signed(&self) -> Option<&Checkpoint> {
        match self {
            Self::EndsBefore { signed, .. } | Self::Rewritten { signed } => Some(signed),
            _ => None,
        }
    }
}

impl LogResumption<'_> {
    /// Returns who signs from now on; makes the key at the first start. Quick: it looks at one record.
    /// Blocks.
    ///
    /// The newest checkpoint in the data folder and the newest in the file of checkpoints are each
    /// held against the record that they name, and the higher one is what nothing older is signed
    /// after. The whole chain is not read. A crash at any moment of the first start leaves what the
    /// next start goes on with.
    ///
    /// Whether the record may begin where it does is asked by [`take_up`](crate::audit::take_up).
    pub(in crate::audit) fn notary(&self) -> Result<Notary, ResumeError> {
        let last_file = self.dir.join(LAST_SIGNED_FILE);
        let last = last_signed(&last_file)?;
        let former = FormerKey::in_folder(self.dir)?;
        // The newest note of a former key may be far from the end by now.
        let added = if former.is_empty() { self.file.last() } else { self.file.all() };
        let added =
            added.map_err(|error| ResumeError::Unreadable(self.file.path().into(), error))?;
        let Some(Kept { key, is_marked }) = key_file::read(self.dir)? else {
            let key = self.first_key(&last_file, last, !added.is_empty())?;
            return Ok(Notary::new(key, Arc::clone(&self.clock), last_file, None));
        };
        let has_last = last.is_some();
        let mut highest = None;
        for signed in [known(&last_file, last, &key)?, self.newest(&added, &key, &former)?] {
            let Some(signed) = signed else { continue };
            self.holds(&signed)?;
            highest =
                // The higher of the two: a crash may have come between the note and the file, and
                // each can be moved away.
                highest.filter(|own: &ChainHead| own.seq > signed.head.seq).or(Some(signed.head));
        }
        self.answer_for_last(&key, is_marked, has_last)?;
        Ok(Notary::new(key, Arc::clone(&self.clock), last_file, highest))
    }

    /// Makes the key of a log that has none, or goes on with one that was begun before a crash.
    fn first_key(
        &self,
        last_file: &Path,
        last: Option<Result<SignedNote, NoteError>>,
        has_added: bool,
    ) -> Result<SigningKey, ResumeError> {
        let path = self.dir.join(key_file::SIGNING_FILE);
        let by = match (&last, has_added) {
            (_, true) => self.file.path(),
            (Some(_), false) => last_file,
            (None, false) => {
                let made = NewLog::make().map_err(|error| SigningFileError::Io(path, error))?;
                return Ok(made.begin(self.dir, self.clock.now())?);
            }
        };
        let begun = key_file::begun(self.dir)?.filter(|begun| {
            // It had signed nothing else when the crash came.
            let first = known(last_file, last, begun).ok().flatten();
            !has_added && first.is_some_and(|first| first.head.seq == 0)
        });
        let Some(begun) = begun else {
            return Err(ResumeError::KeyMissing { key: path, by: by.to_owned() });
        };
        key_file::adopt(self.dir, begun.verifier())?;
        Ok(begun)
    }

    /// Refuses a key whose last checkpoint was taken away. One of an older version, which may have signed
    /// nothing before a crash, gets its first one now.
    fn answer_for_last(
        &self,
        key: &SigningKey,
        is_marked: bool,
        has_last: bool,
    ) -> Result<(), ResumeError> {
        if is_marked && !has_last {
            let key = self.dir.join(key_file::SIGNING_FILE);
            return Err(ResumeError::LastMissing { key, last: self.dir.join(LAST_SIGNED_FILE) });
        }
        if !has_last {
            sign_first(key, self.dir, self.clock.now())?;
        }
        // Behind the checkpoint: a crash in between leaves both to the next start.
        if !is_marked {
            key_file::mark(self.dir)?;
        }
        Ok(())
    }

    /// Returns the newest of the added checkpoints by the log's own key that can be read; a crash may have torn
    /// the last. The newest of each former key must hold as far as its log reached, and what it signed beyond
    /// that is missing here. A newer one by any other key is refused at once: the file is another log's.
    fn newest(
        &self,
        added: &[SignedNote],
        key: &SigningKey,
        former: &[FormerKey],
    ) -> Result<Option<Checkpoint>, ResumeError> {
        let own = key.verifier();
        let (mut newest, mut to_find, mut is_ours) = (None, former.to_vec(), false);
        for note in added.iter().rev() {
            if newest.is_some() && to_find.is_empty() {
                break;
            }
            let keys = former.iter().map(|former| &former.key).chain([own]);
            let read = Checkpoint::verified(note, keys);
            is_ours |= read.is_ok();
            match read {
                Ok(signed) if *signed.origin == *own.name() => newest = newest.or(Some(signed)),
                Ok(signed) => {
                    let of = |former: &FormerKey| *former.key.name() == *signed.origin;
                    if let Some(place) = to_find.iter().position(of) {
                        self.held_of_before(&signed, &to_find.swap_remove(place))?;
                    }
                }
                // Behind one of ours it is older, and the file was another log's then.
                Err(CheckpointError::Note(NoteError::UnknownKey)) if is_ours => {}
                Err(CheckpointError::Note(NoteError::UnknownKey)) => {
                    return Err(other_log(self.file.path(), note));
                }
                Err(error) => {
                    let path = self.file.path().display();
                    tracing::warn!(%path, %error, "a checkpoint in the file is not as it was written");
                }
            }
        }
        Ok(newest)
    }

    /// What a former key signed is older than what the restore knew, or it is missing here.
    fn held_of_before(&self, signed: &Checkpoint, former: &FormerKey) -> Result<(), ResumeError> {
        if signed.head.seq > former.ends {
            let signed = Box::new(signed.clone());
            return Err(ResumeError::EndsBefore { signed, ends: former.ends });
        }
        self.holds(signed)
    }

    /// A checkpoint of no records holds against every record, and one of a record that is in a segment
    /// against every record that may begin behind it.
    fn holds(&self, signed: &Checkpoint) -> Result<(), ResumeError> {
        if signed.head.seq < self.reader.base()?.head.seq || signed.head.seq == 0 {
            return Ok(());
        }
        let signed = Box::new(signed.clone());
        let ends = self.reader.head()?.seq;
        if ends < signed.head.seq {
            return Err(ResumeError::EndsBefore { signed, ends });
        }
        match self.reader.hash_at(signed.head.seq)? {
            Some(hash) if hash == signed.head.hash => Ok(()),
            Some(_) => Err(ResumeError::Rewritten { signed }),
            None => Err(ResumeError::EndsBefore { signed, ends }),
        }
    }
}

/// Returns what the last checkpoint says. Its file is written whole or not at all. So a damaged one
/// is a change by somebody and never the work of a crash.
fn known(
    path: &Path,
    last: Option<Result<SignedNote, NoteError>>,
    key: &SigningKey,
) -> Result<Option<Checkpoint>, ResumeError> {
    let changed = || ResumeError::Changed(path.to_owned());
    let Some(last) = last else { return Ok(None) };
    let note = last.map_err(|_| changed())?;
    match Checkpoint::verified(&note, [key.verifier()]) {
        Ok(signed) => Ok(Some(signed)),
        Err(CheckpointError::Note(NoteError::UnknownKey)) => Err(other_log(path, &note)),
        Err(_) => Err(changed()),
    }
}

/// Returns the error that names whose checkpoints a file holds.
fn other_log(path: &Path, note: &SignedNote) -> ResumeError {
    let signer = note.signers().collect::<Vec<_>>().join(", ");
    ResumeError::OtherLog { path: path.to_owned(), signer }
}

/// Reads the last checkpoint's file, unverified; `None` when there is none.
fn last_signed(path: &Path) -> Result<Option<Result<SignedNote, NoteError>>, ResumeError> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ResumeError::Unreadable(path.to_owned(), error)),
        Ok(bytes) => Ok(Some(SignedNote::parse(&String::from_utf8_lossy(&bytes)))),
    }
}
