//! A copy of the database that is there only as long as it is needed.

use crate::store::make_folder;
use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

const BEGINS: &str = "backup-";
const ENDS: &str = ".tmp";

/// A folder in the data folder with the copy in it; removed with all in it when this is dropped.
#[derive(Debug)]
pub(super) struct CopyFolder(PathBuf);

impl CopyFolder {
    /// Makes one for its owner alone. Its name is the end of the backup's.
    pub(super) fn make(data: &Path, name: &str) -> io::Result<Self> {
        let path = data.join(format!("{BEGINS}{name}{ENDS}"));
        make_folder(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for CopyFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            let folder = self.0.display();
            tracing::warn!(%error, %folder, "a copy of the database was not removed; the next start does it");
        }
    }
}

/// Removes copies that a crash left. What cannot be removed is told, and is in nobody's way but for its room.
pub(super) fn remove_leftovers(data: &Path) {
    let entries = fs::read_dir(data).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| is_copy(&entry.file_name())) {
        let folder = entry.path();
        if let Err(error) = fs::remove_dir_all(&folder) {
            let folder = folder.display();
            tracing::warn!(%error, %folder, "a copy of the database that a crash left cannot be removed");
        }
    }
}

fn is_copy(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(BEGINS) && name.ends_with(ENDS)
}
