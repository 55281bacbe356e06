//! The key that kept answers are sealed with: made at the first start, never shown.

use crate::store::{ANSWERS_KEY_FILE, read_or_make_key};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use std::{fmt, io, path::Path};

/// Bytes of the key.
const KEY_LEN: usize = 32;

/// Bytes of a nonce.
pub(super) const NONCE_LEN: usize = 12;

/// Seals and opens what is kept on disk. Debugging it shows nothing.
// Less safe, since its callers choose the nonce. The library's safer kind has one counter for all
// that it seals; here each file counts for itself, from a random start.
pub(super) struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Reads the key in a data folder, or makes it.
    ///
    /// Whoever loses the key loses what it sealed, and nothing else: such answers count as unknown.
    pub(super) fn in_folder(dir: &Path) -> io::Result<Self> {
        let bytes = read_or_make_key::<KEY_LEN>(&dir.join(ANSWERS_KEY_FILE)).map_err(failed)?;
        Self::from_bytes(&bytes)
    }

    /// Takes a key of 256 bits.
    pub(super) fn from_bytes(bytes: &[u8; KEY_LEN]) -> io::Result<Self> {
        let key =
            UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| failed("the key is unusable"))?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals `text` in place; it grows by the tag. A nonce must never be used twice with one key:
    /// with AES-GCM that would give both texts away (NIST SP 800-38D). `about` is bound and not
    /// stored.
    pub(super) fn seal(
        &self,
        nonce: [u8; NONCE_LEN],
        about: &[u8],
        text: &mut Vec<u8>,
    ) -> io::Result<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let sealed = self.0.seal_in_place_append_tag(nonce, Aad::from(about), text);
        sealed.map_err(|_| failed("sealing failed"))
    }

    /// Opens `text` in place, or returns `None` if one bit of it or of `about` was changed. Then
    /// `text` holds nothing that may be used.
    pub(super) fn open(
        &self,
        nonce: [u8; NONCE_LEN],
        about: &[u8],
        text: &mut Vec<u8>,
    ) -> Option<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let len = self.0.open_in_place(nonce, Aad::from(about), text).ok()?.len();
        text.truncate(len);
        Some(())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

/// Fills `bytes` with what nobody can foresee.
pub(super) fn random(bytes: &mut [u8]) -> io::Result<()> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| failed("there is no randomness"))
}

fn failed(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::other(problem)
}
