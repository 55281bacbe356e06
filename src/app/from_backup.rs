//! Restoring a backup into a data folder that nobody uses.
//!
//! All of it is made in a folder within, and moved out when it is whole: the database last, so that no gateway
//! finds a record without what belongs to it. As long as that folder is there no gateway uses what is beside it,
//! and the next restore begins anew.

use super::{
    DataFolder, DataFolderError,
    lock::{LOCK, RESTORING},
};
use crate::{
    audit::trust::{EvidenceSource, FORMER_FILE, SigningFileError, VerifierKey},
    backup::{
        BackupFile, BackupProblem, MemberName, RecordFile, RecordFileError, Restoration,
        RestorationError, RestorationReport, TokenTrust, unpack_backup,
    },
    config::Settings,
    domain::{Actor, Clock},
    store::{make_folder, sync_folder_of},
};
use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

/// What is restored, where to, and what is known beside it.
#[derive(Debug)]
pub struct FromBackup<'a> {
    /// The backup.
    pub from: &'a Path,
    /// The data folder; there is nothing in it.
    pub dir: &'a Path,
    /// What places and checkpoints are judged by.
    pub settings: Arc<Settings>,
    /// Exports and segments.
    pub records: &'a [PathBuf],
    /// Checkpoints that were kept elsewhere, each source with its name.
    pub outside: Vec<(EvidenceSource, String)>,
    /// Keys that somebody noted; without any the backup's own is believed.
    pub keys: Vec<VerifierKey>,
    /// Whether tokens are to work whatever is missing.
    pub trust: TokenTrust,
    /// Who restores it.
    pub by: Actor,
    /// Dates the record.
    pub clock: Arc<dyn Clock>,
}

/// A backup cannot be restored. Nothing of it is left in the folder.
#[derive(Debug, thiserror::Error)]
pub enum FromBackupError {
    /// The data folder cannot be held.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    /// There is something in it.
    #[error("{} is not empty, it has {}: name a folder with nothing in it", .0.display(), .1.display())]
    NotEmpty(PathBuf, PathBuf),
    /// A file cannot be read or written.
    #[error("{} cannot be used", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// The backup is not what was signed.
    #[error("{} {problem}", .0.display(), problem = .1)]
    Backup(PathBuf, BackupProblem),
    /// It is signed by somebody else.
    #[error("{} is signed by {key}, which is none of the keys that were given", .0.display(), key = .1)]
    OtherKey(PathBuf, VerifierKey),
    /// A file of records cannot be used.
    #[error(transparent)]
    Records(#[from] RecordFileError),
    /// The record cannot be restored.
    #[error(transparent)]
    Restoration(#[from] RestorationError),
    /// The key cannot be written.
    #[error(transparent)]
    Key(#[from] SigningFileError),
}

/// Restores a backup, and returns what came of it. Tells `progress` how many bytes are read of each file.
///
/// A failure, however it ends, leaves no record that a gateway would start with. Blocks.
pub fn restore_backup(
    asked: &FromBackup<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<RestorationReport, FromBackupError> {
    let was_there = asked.dir.exists();
    let held = DataFolder::hold_to_restore(asked.dir)?;
    let work = asked.dir.join(RESTORING);
    let done = require_empty(asked.dir).and_then(|()| {
        let report = restored(asked, &work, progress)?;
        move_out(&work, asked.dir)?;
        Ok(report)
    });
    if let Err(error) = &done
        && !matches!(error, FromBackupError::NotEmpty(..))
    {
        clear(asked.dir);
    }
    if done.is_err() && !was_there {
        // It was made for this, and nothing is in it.
        fs::remove_file(asked.dir.join(LOCK)).ok();
        fs::remove_dir(asked.dir).ok();
    }
    drop(held);
    done
}

/// Makes all that the folder is to have.
fn restored(
    asked: &FromBackup<'_>,
    work: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<RestorationReport, FromBackupError> {
    make_folder(work).map_err(failed(work))?;
    let backup = unpacked(asked, work, progress)?;
    let head = backup.subject.head;
    let settings = Arc::clone(&asked.settings);
    let mut restoration = Restoration::prepare(work, backup, settings)?;
    restoration.believe(asked.keys.iter().cloned());
    let read = |path: &PathBuf| RecordFile::read(path, head, &mut *progress);
    let files = asked.records.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    restoration.take(files)?;
    let now = asked.clock.now();
    Ok(restoration.finish(&asked.outside, asked.trust, (&asked.by, now))?)
}

fn unpacked(
    asked: &FromBackup<'_>,
    work: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<BackupFile, FromBackupError> {
    let from = asked.from;
    let file = File::open(from).map_err(failed(from))?;
    let counted = CountedRead { file: BufReader::new(file), read: 0, progress };
    let backup = unpack_backup(counted, work);
    let backup = backup.map_err(|problem| FromBackupError::Backup(from.to_owned(), problem))?;
    let key = &backup.subject.key;
    if !asked.keys.is_empty() && !asked.keys.contains(key) {
        return Err(FromBackupError::OtherKey(from.to_owned(), key.clone()));
    }
    Ok(backup)
}

/// Takes away what a restore left that was not finished, and refuses a folder that has anything else.
fn require_empty(dir: &Path) -> Result<(), FromBackupError> {
    if dir.join(RESTORING).exists() {
        clear(dir);
    }
    for entry in fs::read_dir(dir).map_err(failed(dir))? {
        let name = entry.map_err(failed(dir))?.file_name();
        if name != LOCK {
            return Err(FromBackupError::NotEmpty(dir.to_owned(), name.into()));
        }
    }
    Ok(())
}

/// Removes what a restore makes. What cannot be removed keeps the folder from being used: the folder of the
/// restore goes last.
fn clear(dir: &Path) {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    for name in entries.map(|entry| entry.file_name()).filter(|name| is_made(name)) {
        fs::remove_file(dir.join(name)).ok();
    }
    fs::remove_dir_all(dir.join(RESTORING)).ok();
}

/// Says whether a restore may have moved it out.
fn is_made(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let aside = |member: MemberName| name.strip_prefix(member.file_name());
    let is_of = |rest: &str| ["", "-wal", "-shm"].contains(&rest) || rest.starts_with(".before-");
    name == FORMER_FILE || MemberName::ALL.into_iter().filter_map(aside).any(is_of)
}

/// Moves all of it out, the database last, and makes that durable.
fn move_out(work: &Path, dir: &Path) -> Result<(), FromBackupError> {
    let database = OsStr::new(MemberName::Database.file_name());
    let mut names = Vec::new();
    for entry in fs::read_dir(work).map_err(failed(work))? {
        names.push(entry.map_err(failed(work))?.file_name());
    }
    names.sort_by_key(|name| *name == *database);
    for name in names {
        let to = dir.join(&name);
        if name == *database {
            // All that belongs to it is there for good before it is.
            sync_folder_of(&to).map_err(failed(dir))?;
        }
        fs::rename(work.join(&name), &to).map_err(failed(&to))?;
    }
    sync_folder_of(&dir.join(database)).map_err(failed(dir))?;
    fs::remove_dir(work).map_err(failed(work))?;
    sync_folder_of(work).map_err(failed(dir))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> FromBackupError {
    let path = path.to_owned();
    move |error| FromBackupError::File(path.clone(), error)
}

/// Tells how much of a file is read.
struct CountedRead<'p, R> {
    file: R,
    read: u64,
    progress: &'p mut dyn FnMut(u64),
}

impl<R: Read> Read for CountedRead<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += read as u64;
        (self.progress)(self.read);
        Ok(read)
    }
}
