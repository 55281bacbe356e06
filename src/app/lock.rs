//! Keeps a second process off the data folder.
//!
//! Two processes on one record would each continue the chain in their own way.

use crate::store::make_folder;
use fs4::{FileExt, TryLockError};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// The data folder cannot be used.
///
/// Nothing in the folder was changed then.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// It could not be made or opened.
    #[error("data folder {0} cannot be used")]
    Unusable(Box<str>, #[source] io::Error),
    /// Others may read or write it.
    #[error("data folder {0} is open to other users (mode {1:o}); run `chmod 700 {0}`")]
    OpenToOthers(Box<str>, u32),
    /// Another process holds it.
    #[error(
        "data folder {0} is in use by another ideogate; stop it first, or set another data.dir"
    )]
    InUse(Box<str>),
    /// A backup was being restored into it.
    #[error(
        "a restore into data folder {0} was not finished: run the same `ideogate restore` again, which begins \
         anew"
    )]
    Unfinished(Box<str>),
}

/// The file that is locked.
pub(super) const LOCK: &str = "ideogate.lock";

/// Where a restore works in the data folder, until what it made is whole. Nobody else uses a folder that has it.
pub(super) const RESTORING: &str = ".restoring";

/// The data folder, held until this is dropped.
///
/// The kernel gives the lock back when the process ends, however it ends.
#[derive(Debug)]
pub struct DataFolder {
    /// The file that is locked.
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if needed, for this user alone, and holds it.
    ///
    /// Never waits: it is an error at once if another process holds it, or if group or others may enter it.
    /// A folder into which a backup was not restored whole is an error too.
    pub fn hold(dir: &Path) -> Result<Self, DataFolderError> {
        let held = Self::hold_to_restore(dir)?;
        if dir.join(RESTORING).exists() {
            return Err(DataFolderError::Unfinished(dir.display().to_string().into()));
        }
        Ok(held)
    }

    /// Holds it as [`hold`](Self::hold) does, to restore a backup into it.
    pub(super) fn hold_to_restore(dir: &Path) -> Result<Self, DataFolderError> {
        let name: Box<str> = dir.display().to_string().into();
        let unusable = |error| DataFolderError::Unusable(name.clone(), error);
        make_folder(dir).map_err(unusable)?;
        let mode = fs::metadata(dir).map_err(unusable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(DataFolderError::OpenToOthers(name, mode));
        }
        let mut open = OpenOptions::new();
        open.create(true).truncate(false).read(true).write(true).mode(0o600);
        let lock = open.open(dir.join(LOCK)).map_err(unusable)?;
        match FileExt::try_lock(&lock) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataFolderError::InUse(name)),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        write_owner(&lock).map_err(unusable)?;
        Ok(Self { _lock: lock })
    }
}

/// Notes who holds the folder, for people; the lock itself is the kernel's.
fn write_owner(mut lock: &File) -> io::Result<()> {
    lock.set_len(0)?;
    writeln!(lock, "{}", std::process::id())
}
