//! Where the signing key is kept: a file that nobody else may read.

use super::{SigningKey, VerifierKey, signing_key::KeyText};
use crate::store::{KeyFileError, OWNER_ONLY, open_key, replace_file, sync_folder_of};
use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The signing key's file in the data folder. The key is in no setting and no variable, since it
/// must outlive the process.
pub const SIGNING_FILE: &str = "audit-signing.key";

/// The verifier key's file in the data folder, for whoever has only a copy of the record. It is
/// written anew at a start where it is missing or is not that of the key.
pub const PUBLIC_FILE: &str = "audit-signing.pub";

/// A new key until its first checkpoint is on disk: a crash in between leaves no key without one.
const BEGUN_FILE: &str = "audit-signing.key.begun";

/// The line below a key that is never used without the last checkpoint that it signed. Keys of older
/// versions get it when they are taken up.
const MARK: &str = "has-last-checkpoint";

/// More than a key's file ever has. What is longer is damaged.
const MOST_BYTES: usize = 1024;

/// The signing key cannot be used. No key is made in its place without an operator's word.
#[derive(Debug, thiserror::Error)]
pub enum SigningFileError {
    /// It cannot be read or written.
    #[error("{}, which belongs to the signing key, cannot be read or written", .0.display())]
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

impl From<KeyFileError> for SigningFileError {
    fn from(error: KeyFileError) -> Self {
        match error {
            KeyFileError::Io(path, error) => Self::Io(path, error),
            KeyFileError::Damaged(path) => Self::Damaged(path),
            KeyFileError::OpenToOthers(path, mode) => Self::OpenToOthers(path, mode),
            KeyFileError::OtherOwner(path, other, own) => Self::OtherOwner(path, other, own),
        }
    }
}

/// A key as its file has it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) key: SigningKey,
    /// Whether a checkpoint that it signed must be there.
    pub(super) is_marked: bool,
}

/// Reads the key of a data folder; `None` when there is none. The public half is written beside it
/// where that is missing or another one.
pub(super) fn read(dir: &Path) -> Result<Option<Kept>, SigningFileError> {
    let kept = read_from(dir.join(SIGNING_FILE))?;
    if let Some(kept) = &kept {
        publish(dir, kept.key.verifier())?;
    }
    Ok(kept)
}

/// Reads a key that was begun and never taken into use; `None` when there is none that is whole.
pub(super) fn begun(dir: &Path) -> Result<Option<SigningKey>, SigningFileError> {
    match read_from(dir.join(BEGUN_FILE)) {
        Err(SigningFileError::Damaged(_)) => Ok(None),
        read => Ok(read?.map(|kept| kept.key)),
    }
}

fn read_from(path: PathBuf) -> Result<Option<Kept>, SigningFileError> {
    let failed = |error| SigningFileError::Io(path.clone(), error);
    let Some(mut file) = open_key(&path)? else { return Ok(None) };
    // A buffer that does not grow: one that did would leave pieces of the key behind, unwiped.
    let mut bytes = Zeroizing::new([0; MOST_BYTES]);
    let mut length = 0;
    while length < MOST_BYTES {
        match file.read(&mut bytes[length..]).map_err(failed)? {
            0 => break,
            more => length += more,
        }
    }
    let text = std::str::from_utf8(&bytes[..length]).ok();
    text.and_then(kept).ok_or(SigningFileError::Damaged(path)).map(Some)
}

/// Reads the text of a key's file, with its mark.
fn kept(text: &str) -> Option<Kept> {
    let (key, rest) = text.split_once('\n').unwrap_or((text, ""));
    let is_marked = rest.trim_end() == MARK;
    let key = SigningKey::of_text(key).filter(|_| is_marked || rest.is_empty())?;
    Some(Kept { key, is_marked })
}

/// Writes a key beside the one that may be there; it is not in use yet.
pub(super) fn begin(dir: &Path, text: &KeyText) -> Result<(), SigningFileError> {
    write_marked(dir.join(BEGUN_FILE), text)
}

/// Takes the key that was begun into use, in place of the one that may be there. It is durable when
/// this returns, and there is no moment without a key where there was one.
pub(super) fn adopt(dir: &Path, key: &VerifierKey) -> Result<(), SigningFileError> {
    let path = dir.join(SIGNING_FILE);
    let adopted = fs::rename(dir.join(BEGUN_FILE), &path).and_then(|()| sync_folder_of(&path));
    adopted.map_err(|error| SigningFileError::Io(path, error))?;
    publish(dir, key)
}

/// Marks a key of an older version: its last checkpoint is there. From then on a start without that
/// checkpoint is refused.
pub(super) fn mark(dir: &Path) -> Result<(), SigningFileError> {
    let path = dir.join(SIGNING_FILE);
    let text = fs::read_to_string(&path).map(Zeroizing::new);
    write_marked(path.clone(), &text.map_err(|error| SigningFileError::Io(path, error))?)
}

/// The capacity is reserved first, so that no piece of the text stays behind in memory.
fn write_marked(path: PathBuf, text: &KeyText) -> Result<(), SigningFileError> {
    let mut marked = Zeroizing::new(String::with_capacity(MOST_BYTES));
    for piece in [text.trim_end(), "\n", MARK, "\n"] {
        marked.push_str(piece);
    }
    replace_file(&path, marked.as_bytes(), OWNER_ONLY)
        .map_err(|error| SigningFileError::Io(path, error))
}

/// Writes the public half beside it, if it is not there.
fn publish(dir: &Path, key: &VerifierKey) -> Result<(), SigningFileError> {
    let path = dir.join(PUBLIC_FILE);
    let text = format!("{key}\n");
    if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    replace_file(&path, text.as_bytes(), OWNER_ONLY)
        .map_err(|error| SigningFileError::Io(path, error))
}
