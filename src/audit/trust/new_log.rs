//! A log begins: with the first start, or when a restored record goes on under a new name.

use super::{
    Checkpoint, CheckpointFile, FORMER_FILE, LAST_SIGNED_FILE, SignedNote, SigningFileError,
    SigningKey, VerifierKey, key_file, signing_key::KeyText,
};
use crate::{
    audit::HashChain,
    domain::Timestamp,
    store::{ChainHasher, ChainHead, replace_file},
};
use std::{
    ffi::OsString,
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// A key that was made and is not in its file yet. Dropping it forgets the key, and nothing was
/// written. Debugging it does not show the private half.
pub struct NewLog {
    key: SigningKey,
    text: KeyText,
}

impl NewLog {
    /// Makes a key, and with it a log that has signed nothing.
    pub fn make() -> io::Result<Self> {
        let (key, text) = SigningKey::make()?;
        Ok(Self { key, text })
    }

    /// Returns the public half of its key.
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// Signs a text that no checkpoint can be mistaken for, before the key is in use.
    pub(in crate::audit) fn sign_text(&self, text: String) -> SignedNote {
        self.key.sign(text)
    }

    /// Begins the log in a data folder: its key comes into use when its first checkpoint, of no
    /// records, is on disk. A crash before that leaves no key, and the next start finds out how far
    /// it came.
    pub(super) fn begin(self, dir: &Path, at: Timestamp) -> Result<SigningKey, SigningFileError> {
        self.write(dir, at)?;
        Ok(self.key)
    }

    /// Begins the log in a folder that a restore makes. The file of checkpoints that came with it is kept aside,
    /// under a name with the end of the new log's name in it.
    pub fn begin_restored(
        self,
        dir: &Path,
        at: Timestamp,
    ) -> Result<VerifierKey, SigningFileError> {
        let file = dir.join(CheckpointFile::USUAL);
        self.move_aside(&file).map_err(|error| SigningFileError::Io(file, error))?;
        self.write(dir, at)?;
        Ok(self.verifier().clone())
    }

    fn write(&self, dir: &Path, at: Timestamp) -> Result<(), SigningFileError> {
        key_file::begin(dir, &self.text)?;
        sign_first(&self.key, dir, at)?;
        key_file::adopt(dir, self.verifier())
    }

    /// Begins the log in place of one before, whose last words are kept aside, so that the new one
    /// does not have to answer for them.
    ///
    /// The key comes last. A crash before that leaves the old key beside a checkpoint that is not its
    /// own, with which no start goes on.
    ///
    /// What is kept aside has the end of the new log's name in its own: the last checkpoint is
    /// copied, the file of checkpoints moved, and with it the keys of before a restore. Blocks; nothing may sign meanwhile.
    pub fn succeed(
        self,
        dir: &Path,
        file: &CheckpointFile,
        at: Timestamp,
    ) -> Result<VerifierKey, SigningFileError> {
        key_file::begin(dir, &self.text)?;
        let failed = |path: &Path| {
            let path = path.to_owned();
            |error| SigningFileError::Io(path, error)
        };
        let last = dir.join(LAST_SIGNED_FILE);
        // Copied and not moved: until the new one is written, a start must find the old one.
        self.copy_aside(&last).map_err(failed(&last))?;
        sign_first(&self.key, dir, at)?;
        self.move_aside(file.path()).map_err(failed(file.path()))?;
        // With that file nothing is left that keys of before would have to be known for.
        let former = dir.join(FORMER_FILE);
        self.move_aside(&former).map_err(failed(&former))?;
        key_file::adopt(dir, self.verifier())?;
        Ok(self.verifier().clone())
    }

    /// A file that is not there is left so.
    fn copy_aside(&self, path: &Path) -> io::Result<()> {
        match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            read => replace_file(&self.aside(path), &read?, 0o600),
        }
    }

    /// A file that is not there is left so.
    fn move_aside(&self, path: &Path) -> io::Result<()> {
        match fs::rename(path, self.aside(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            moved => moved,
        }
    }

    fn aside(&self, path: &Path) -> PathBuf {
        let own = self.verifier().name().rsplit('/').next().unwrap_or_default();
        let mut aside = OsString::from(path);
        aside.push(format!(".before-{own}"));
        aside.into()
    }
}

/// Makes a log's first checkpoint, of no records, durable as its last one. It says that the log
/// exists, so that a later start can tell a log whose checkpoints were removed from one that never
/// had any.
pub(super) fn sign_first(
    key: &SigningKey,
    dir: &Path,
    at: Timestamp,
) -> Result<(), SigningFileError> {
    let path = dir.join(LAST_SIGNED_FILE);
    let (origin, head) =
        (key.verifier().name().into(), ChainHead { seq: 0, hash: HashChain.genesis() });
    let note = key.sign(Checkpoint { origin, head, at }.to_string());
    let written = replace_file(&path, note.to_string().as_bytes(), 0o600);
    written.map_err(|error| SigningFileError::Io(path, error))
}

impl fmt::Debug for NewLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLog").field("key", &self.key).finish_non_exhaustive()
    }
}
