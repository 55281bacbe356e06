//! Where the signing key is kept: a file that nobody else may read.

use super::{SigningKey, VerifierKey, signing_key::KeyText};
use rustix::process::geteuid;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The signing key's file in the data folder.
pub const SIGNING_FILE: &str = "audit-signing.key";

/// The verifier key's file in the data folder, for whoever has only a copy of the record.
pub const PUBLIC_FILE: &str = "audit-signing.pub";

/// More than a key's file ever has.
const MOST_BYTES: usize = 1024;

/// The signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or written.
    #[error("the signing key {} cannot be read or written", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// It is not what was written.
    #[error(
        "the signing key {path} is damaged: put it back from a backup; if there is none, \
         `ideogate audit accept-restore --reason …` makes a new one and says so on record",
        path = .0.display()
    )]
    Damaged(PathBuf),
    /// Others may read it.
    #[error(
        "the signing key {path} is open to other users (mode {1:o}): run `chmod 600 {path}`; if somebody \
         may have read it, `ideogate audit accept-restore --reason …` makes a new one",
        path = .0.display()
    )]
    OpenToOthers(PathBuf, u32),
    /// It belongs to somebody else.
    #[error(
        "the signing key {path} belongs to user {1}, and the gateway runs as user {2}: give it to that one \
         with chown",
        path = .0.display()
    )]
    OtherOwner(PathBuf, u32, u32),
}

/// Reads the key of a data folder; `None` when there is none.
pub(super) fn read(dir: &Path) -> Result<Option<SigningKey>, KeyFileError> {
    let path = dir.join(SIGNING_FILE);
    let failed = |error| KeyFileError::Io(path.clone(), error);
    let mut file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    // Asked of what was opened, so that nobody exchanges it in between.
    let about = file.metadata().map_err(failed)?;
    let own = geteuid().as_raw();
    if about.uid() != own {
        return Err(KeyFileError::OtherOwner(path, about.uid(), own));
    }
    if about.mode() & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers(path, about.mode() & 0o777));
    }
    let mut bytes = Zeroizing::new([0; MOST_BYTES]);
    let mut length = 0;
    while length < MOST_BYTES {
        match file.read(&mut bytes[length..]).map_err(failed)? {
            0 => break,
            more => length += more,
        }
    }
    let text = std::str::from_utf8(&bytes[..length]).ok();
    let key = text.and_then(SigningKey::of_text).ok_or(KeyFileError::Damaged(path))?;
    publish(dir, key.verifier())?;
    Ok(Some(key))
}

/// Writes a key into a data folder, in place of the one that may be there.
pub(super) fn write(dir: &Path, key: &SigningKey, text: &KeyText) -> Result<(), KeyFileError> {
    let path = dir.join(SIGNING_FILE);
    replace(&path, text.as_bytes(), 0o600).map_err(|error| KeyFileError::Io(path, error))?;
    publish(dir, key.verifier())
}

/// Writes the public half beside it, if it is not there.
fn publish(dir: &Path, key: &VerifierKey) -> Result<(), KeyFileError> {
    let path = dir.join(PUBLIC_FILE);
    let text = format!("{key}\n");
    if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    replace(&path, text.as_bytes(), 0o600).map_err(|error| KeyFileError::Io(path, error))
}

/// Writes a file whole or not at all, and durably.
pub(super) fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    // A file that a crash left there may have another mode.
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(mode).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_folder_of(path)
}

/// Makes the names in a file's folder durable.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
