//! Files that are written under another name until they are whole.

use anyhow::Context;
use std::{
    fs::{self, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Makes a file that only this user can read.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    // One that an earlier try left behind keeps the mode it had.
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Gives a file its name, durably.
pub(super) fn name(part: &Path, path: &Path) -> anyhow::Result<()> {
    fs::rename(part, path).with_context(|| cannot("write", path))?;
    // Without this the name may be lost with the power, though the content is not.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(|| cannot("sync", folder))
}

/// Returns a path with an ending added to its name.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Returns the words for something that failed with a path.
pub(super) fn cannot(what: &str, path: &Path) -> String {
    format!("cannot {what} {}", path.display())
}
