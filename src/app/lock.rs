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
}

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
    pub fn hold(dir: &Path) -> Result<Self, DataFolderError> {
        let name: Box<str> = dir.display().to_string().into();
        let unusable = |error| DataFolderError::Unusable(name.clone(), error);
        make_folder(dir).map_err(unusable)?;
        let mode = fs::metadata(dir).map_err(unusable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(DataFolderError::OpenToOthers(name, mode));
        }
        let mut open = OpenOptions::new();
        open.create(true).truncate(false).read(true).write(true).mode(0o600);
        let lock = open.open(dir.join("ideogate.lock")).map_err(unusable)?;
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
