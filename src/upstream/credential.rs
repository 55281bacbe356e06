//! The real key.

use aws_lc_rs::hmac;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt;

/// Ideogram's key, as an operator gave it. Wiped from memory when dropped, never shown. Its bytes
/// are lent to three tasks alone: writing the request, finding the key in answers, and telling it
/// from others. Such a key cannot be scoped and never expires
/// (<https://developer.ideogram.ai/ideogram-api/authentication>).
pub struct Credential {
    key: SecretString,
    stand_in: HeaderValue,
    version: Box<str>,
}

/// A key cannot be used. Says nothing of the key itself.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CredentialError {
    /// There is nothing.
    #[error("the key is empty")]
    Empty,
    /// There is more than any key has.
    #[error("the key is longer than {} characters", Credential::LONGEST)]
    TooLong,
    /// It has a blank, a line break, a star, or something outside ASCII.
    #[error("the key has a character that no key has: a blank, a line break, '*', or not ASCII")]
    Character,
}

impl Credential {
    /// The longest key that is accepted, in characters.
    pub const LONGEST: usize = 512;

    /// Accepts a key of visible ASCII characters. A key that is refused is wiped, and nothing of it
    /// is told.
    pub fn new(key: SecretString) -> Result<Self, CredentialError> {
        let text = key.expose_secret();
        if text.is_empty() {
            return Err(CredentialError::Empty);
        }
        if text.len() > Self::LONGEST {
            return Err(CredentialError::TooLong);
        }
        // Stars stand where a key was, so a key that has them could appear out of its own redaction.
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'*') {
            return Err(CredentialError::Character);
        }
        let (stand_in, version) = (stars(text.len())?, version_of(text));
        Ok(Self { key, stand_in, version })
    }

    /// Returns what may be said of the key: its last four characters, as in `…abcd`; of a key
    /// shorter than twelve, four digits of a hash, as in `#1f2e`. It says which key is meant to
    /// whoever has it, and is not unique.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns what tells the key from others and nothing else, to whoever knows `tag`. Two keys
    /// have the same tag only if they are the same.
    pub fn tagged(&self, tag: &hmac::Key) -> hmac::Tag {
        self.read(|key| hmac::sign(tag, key))
    }

    /// Returns what stands in for the key until the request is written: stars, as many as the key
    /// has characters. It is as long as the key, so that no length changes when the key takes its
    /// place.
    pub(super) fn stand_in(&self) -> HeaderValue {
        self.stand_in.clone()
    }

    /// Lends the key's bytes.
    pub(super) fn read<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        look(self.key.expose_secret().as_bytes())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Credential").field(&self.version).finish()
    }
}

fn stars(count: usize) -> Result<HeaderValue, CredentialError> {
    let mut value =
        HeaderValue::try_from("*".repeat(count)).map_err(|_| CredentialError::Character)?;
    // The stars are no secret, but how many they are is the length of the key.
    value.set_sensitive(true);
    Ok(value)
}

fn version_of(key: &str) -> Box<str> {
    match key.get(key.len().saturating_sub(4)..) {
        // Of a shorter key four characters would be more than a third.
        Some(end) if key.len() >= 12 => format!("…{end}").into(),
        _ => {
            let hash = Sha256::new().chain_update(b"ideogate key version").chain_update(key);
            format!("#{}", hex::encode(&hash.finalize()[..2])).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(key: &str) -> Result<Credential, CredentialError> {
        Credential::new(SecretString::from(key))
    }

    #[test]
    fn a_version_is_the_last_four_characters() {
        assert_eq!(credential("an-ideogram-key-wxyz").unwrap().version(), "…wxyz");
    }

    #[test]
    fn the_version_of_a_short_key_shows_none_of_it() {
        let short = credential("short-key-1").unwrap();
        assert_eq!(short.version().len(), 5);
        assert!(short.version().starts_with('#') && !short.version().contains("key"));
        assert_ne!(short.version(), credential("short-key-2").unwrap().version());
    }

    #[test]
    fn a_key_is_not_shown_by_debug() {
        let key = credential("an-ideogram-key-wxyz").unwrap();
        assert_eq!(format!("{key:?} {:?}", key.stand_in()), r#"Credential("…wxyz") Sensitive"#);
    }

    #[test]
    fn a_key_that_cannot_be_a_header_is_refused_without_being_told() {
        assert_eq!(credential("").unwrap_err(), CredentialError::Empty);
        assert_eq!(credential(&"k".repeat(513)).unwrap_err(), CredentialError::TooLong);
        for key in ["key with blank", "key\n", "key\r\nx: y", "k\u{e9}y", "key*star", "key\u{7f}"] {
            let refused = credential(key).unwrap_err();
            assert_eq!(refused, CredentialError::Character);
            assert!(!refused.to_string().contains(key));
        }
    }
}
