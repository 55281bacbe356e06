//! Files that hold a key of the gateway's own, which no other user may read.

use rustix::process::geteuid;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The file in the data folder that kept answers are sealed with.
pub const ANSWERS_KEY_FILE: &str = "answers.key";

/// The file in the data folder that end users' names are kept under.
pub const PERSONS_KEY_FILE: &str = "persons.key";

/// The file in the data folder that Ideogram's keys are tagged with.
pub const TAGS_FILE: &str = "keys.tag";

/// The permissions of a file that only its owner reads.
pub const OWNER_ONLY: u32 = 0o600;

/// A file that holds a key cannot be used. It names the path and never anything of the content.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or written.
    #[error("{} cannot be read or written", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// It does not hold what was written to it. Nothing is made in its place, since whatever the
    /// key opened would be lost without a word.
    #[error("{} is damaged: put it back from a backup, or move it away to begin with a new one", .0.display())]
    Damaged(PathBuf),
    /// Other users may read it. Its permissions are told and not changed: whoever could read it may
    /// have done so already.
    #[error("{path} is open to other users (mode {1:o}): run `chmod 600 {path}`", path = .0.display())]
    OpenToOthers(PathBuf, u32),
    /// It belongs to another user: its path, that user's id and the gateway's own.
    #[error(
        "{path} belongs to user {1}, and the gateway runs as user {2}: give it to that one with chown",
        path = .0.display()
    )]
    OtherOwner(PathBuf, u32, u32),
}

/// Opens the file of a key; `None` when there is none. A file of another user, or one that others may read,
/// is never read. A file that cannot be opened for another reason is an error and not `None`, so
/// that nobody takes it for missing and makes a new one.
pub fn open_key(path: &Path) -> Result<Option<File>, KeyFileError> {
    let failed = |error| KeyFileError::Io(path.to_owned(), error);
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    // Asked of what was opened, so that nobody exchanges it in between.
    let about = file.metadata().map_err(failed)?;
    let own = geteuid().as_raw();
    if about.uid() != own {
        return Err(KeyFileError::OtherOwner(path.to_owned(), about.uid(), own));
    }
    if about.mode() & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers(path.to_owned(), about.mode() & 0o777));
    }
    Ok(Some(file))
}

/// Returns the key of `N` bytes in a file, or makes a random one if there is no such file.
///
/// A new key comes from the machine's random bits, is readable by its owner alone and durable when
/// this returns. A file of another length is [`KeyFileError::Damaged`] and stays as it is. What is
/// returned is wiped when it is dropped. Blocks.
pub fn read_or_make_key<const N: usize>(path: &Path) -> Result<Zeroizing<[u8; N]>, KeyFileError> {
    let failed = |error| KeyFileError::Io(path.to_owned(), error);
    let mut bytes = Zeroizing::new([0; N]);
    if let Some(mut file) = open_key(path)? {
        // The length comes first: `read_exact` would take the beginning of a longer file for the
        // key.
        if file.metadata().map_err(failed)?.len() != N as u64 {
            return Err(KeyFileError::Damaged(path.to_owned()));
        }
        file.read_exact(&mut *bytes).map_err(failed)?;
        return Ok(bytes);
    }
    getrandom::fill(&mut *bytes).map_err(|error| failed(io::Error::other(error)))?;
    replace_file(path, &*bytes, OWNER_ONLY).map_err(failed)?;
    Ok(bytes)
}

/// Writes a file. It is there whole or not at all, whenever the machine stops.
///
/// The content goes into `<path>.new` first, which then takes the name; until then a former file
/// stays as it is. Only one writer at a time may replace a file. Blocks until the disk has the
/// bytes and the name.
pub fn replace_file(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    // A file that a crash left there may have another mode.
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    // Made anew and never opened: nobody else's file or link can take the place of it.
    let mut file = options.write(true).create_new(true).mode(mode).open(&unfinished)?;
    file.write_all(bytes)?;
    // Before the name changes: a crash could leave the name durable and the content not, which is a
    // damaged key.
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_folder_of(path)
}

/// Makes the names in a file's folder durable. A path without a folder is one in the working
/// directory.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("some.key");
        let made = read_or_make_key::<32>(&path).unwrap();
        assert_eq!(*read_or_make_key::<32>(&path).unwrap(), *made);
        assert_ne!(*made, [0; 32]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing unfinished is left");
    }

    #[test]
    fn a_key_that_others_may_read_or_that_is_not_whole_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("some.key");
        read_or_make_key::<32>(&path).unwrap();
        for mode in [0o640, 0o604, 0o644] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refused = read_or_make_key::<32>(&path).unwrap_err();
            assert!(matches!(refused, KeyFileError::OpenToOthers(_, found) if found == mode));
            assert!(refused.to_string().contains("chmod 600"), "{refused}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(read_or_make_key::<16>(&path), Err(KeyFileError::Damaged(_))));
    }
}
