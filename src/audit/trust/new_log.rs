//! A log begins: with the first start, or when a restored record goes on under a new name.

use super::{
    CheckpointFile, KeyFileError, LAST_SIGNED_FILE, SigningKey, VerifierKey, key_file,
    signing_key::KeyText,
};
use std::{fmt, fs, io, path::Path};

/// A key that was made and is not in its file yet.
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

    /// Puts the key into a data folder, for ever in place of an old one.
    pub fn install(&self, dir: &Path) -> Result<(), KeyFileError> {
        key_file::write(dir, &self.key, &self.text)
    }

    pub(super) fn into_key(self) -> SigningKey {
        self.key
    }

    /// Moves aside what the log before signed, so that the new one does not have to answer for it.
    pub fn set_aside(&self, dir: &Path, file: &CheckpointFile) -> io::Result<()> {
        let own = self.verifier().name().rsplit('/').next().unwrap_or_default();
        for path in [dir.join(LAST_SIGNED_FILE), file.path().to_owned()] {
            let mut aside = path.clone().into_os_string();
            aside.push(format!(".before-{own}"));
            match fs::rename(&path, aside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

impl fmt::Debug for NewLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLog").field("key", &self.key).finish_non_exhaustive()
    }
}
