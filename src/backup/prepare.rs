//! The copy that a backup is made from: taken, looked through, and its end signed.

use super::{BackupError, BackupSubject, MemberName, PrivateKeys, copy::CopyFolder};
use crate::{
    audit::{
        trust::{Notary, SignedCheckpoint},
        verify_database,
    },
    domain::{Action, Timestamp},
    spool::free_space,
    store::{CopyEnd, Reader, SealedRecord, newest_schema},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

/// The pause after each step of copying, in which commits have the disk for themselves.
const PAUSE: Duration = Duration::from_millis(5);

/// What copies are taken with.
#[derive(Debug, Clone)]
pub(super) struct CopyWork {
    pub(super) dir: PathBuf,
    pub(super) min_free: u64,
    pub(super) reader: Reader,
    pub(super) notary: Arc<Notary>,
}

/// A copy from which nothing but a file is still to be made.
#[derive(Debug)]
pub(super) struct PreparedCopy {
    pub(super) subject: BackupSubject,
    pub(super) checkpoint: SignedCheckpoint,
    pub(super) files: Vec<(MemberName, PathBuf)>,
    pub(super) folder: CopyFolder,
}

impl CopyWork {
    /// Fails where the disk has no room for a copy. Blocks.
    pub(super) fn has_room(&self) -> Result<(), BackupError> {
        let failed = |error| BackupError::Io(self.dir.clone(), error);
        let (needed, free) = (self.reader.file_size()?, free_space(&self.dir).map_err(failed)?);
        if free < needed.saturating_add(self.min_free) { Err(self.no_room(needed)) } else { Ok(()) }
    }

    fn no_room(&self, needed: u64) -> BackupError {
        BackupError::NoRoom { needed, least: self.min_free }
    }

    /// Takes a copy that has the backup's own record in it, and looks it through. Ends too soon once the other
    /// end of `asker` is gone. Blocks.
    pub(super) fn prepare(
        &self,
        (name, made_at): (&str, Timestamp),
        keys: PrivateKeys,
        asker: &Receiver<()>,
    ) -> Result<PreparedCopy, BackupError> {
        let is_there = |pause| matches!(asker.recv_timeout(pause), Err(RecvTimeoutError::Timeout));
        let folder = CopyFolder::make(&self.dir, name.rsplit('_').next().unwrap_or(name));
        let folder = folder.map_err(|error| BackupError::Io(self.dir.clone(), error))?;
        // Before the database: neither may tell of records that are not in the copy.
        for member in [MemberName::LastSigned, MemberName::Checkpoints] {
            self.copy_file(member, folder.path())?;
        }
        match self.reader.copy_to(folder.path(), &mut || is_there(PAUSE))? {
            CopyEnd::Whole => {}
            CopyEnd::NoRoom => return Err(self.no_room(self.reader.file_size()?)),
            CopyEnd::GivenUp => return Err(BackupError::Stopping),
        }
        let copy = Reader::open(folder.path())?;
        if let Some(said) = copy.quick_check()? {
            return Err(BackupError::Damaged(said));
        }
        let own = |record: &SealedRecord| is_of(record, name);
        if !copy.changes(Action::BackupCreate)?.iter().any(own) {
            return Err(BackupError::TooOld);
        }
        let head = verify_database(folder.path())?.head;
        let still_there = || is_there(Duration::ZERO);
        let checkpoint = self.notary.sign_past(&self.reader, head, &still_there)?;
        let subject = BackupSubject {
            made_at,
            schema: newest_schema(),
            key: self.notary.key().clone(),
            head,
            base: copy.base()?.head,
            with_keys: keys == PrivateKeys::Included,
        };
        let files = self.files(folder.path(), keys);
        Ok(PreparedCopy { subject, checkpoint, files, folder })
    }

    fn copy_file(&self, member: MemberName, into: &Path) -> Result<(), BackupError> {
        let (from, to) = (self.dir.join(member.file_name()), into.join(member.file_name()));
        match fs::copy(&from, to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(BackupError::Io(from, error)),
            Ok(_) => Ok(()),
        }
    }

    /// Returns the files of a backup that are there.
    fn files(&self, copy: &Path, keys: PrivateKeys) -> Vec<(MemberName, PathBuf)> {
        let place = |member: MemberName| match member {
            MemberName::Database | MemberName::LastSigned | MemberName::Checkpoints => copy,
            _ => &self.dir,
        };
        let is_asked = |member: &MemberName| keys == PrivateKeys::Included || !member.is_private();
        let members = MemberName::ALL.into_iter().filter(is_asked);
        let files = members.map(|member| (member, place(member).join(member.file_name())));
        files.filter(|(_, path)| path.exists()).collect()
    }
}

/// Says whether a record tells of a backup.
pub(super) fn is_of(record: &SealedRecord, name: &str) -> bool {
    *record.record.resource == *name
}
