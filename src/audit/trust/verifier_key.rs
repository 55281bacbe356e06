//! The public half of a key, as others are given it.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// What c2sp.org/signed-note calls Ed25519.
pub(super) const ED25519_TYPE: u8 = 1;

/// Bytes of a public key. RFC 8032 fixes it for Ed25519.
pub(super) const PUBLIC_LEN: usize = 32;

/// Whoever has it can check signatures, and nothing else: `<name>+<8 hex digits>+<base64>`. It is
/// public, and may be printed and stored anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: Box<str>,
    public: [u8; PUBLIC_LEN],
}

/// A text is no verifier key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// It does not have the form of one.
    #[error("is no verifier key, which looks like ideogate.audit/0123456789abcdef+89abcdef+AQid…=")]
    Malformed,
    /// Its parts do not belong together.
    #[error("is damaged: its name, id and key do not belong together")]
    Damaged,
    /// It is of a kind that is not used here.
    #[error("is no Ed25519 key")]
    OtherKind,
}

impl VerifierKey {
    /// Joins a name, which must be usable in a note, with a public key.
    pub(super) fn new(name: impl Into<Box<str>>, public: [u8; PUBLIC_LEN]) -> Self {
        Self { name: name.into(), public }
    }

    /// Returns the name; of a log's key also its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the first four bytes of SHA-256 over name, newline, kind and key. It tells keys
    /// apart in notes and proves nothing: four bytes can be found twice.
    pub fn id(&self) -> [u8; 4] {
        id_of(&self.name, &self.public)
    }

    /// Says whether `signature` was made over `text` with the other half of this key.
    pub(super) fn vouches(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public).verify(text, signature).is_ok()
    }
}

/// Returns the id of a key by its name.
pub(super) fn id_of(name: &str, public: &[u8; PUBLIC_LEN]) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', ED25519_TYPE]);
    let hash = hash.chain_update(public).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Says whether a key may have this name in a note. c2sp.org/signed-note forbids spaces and plus
/// signs; control characters are refused here as well.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519_TYPE];
        key.extend(self.public);
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let malformed = VerifierKeyError::Malformed;
        // Three parts and no more: base64 has plus signs of its own.
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed);
        };
        let key = STANDARD.decode(key).map_err(|_| malformed)?;
        let (kind, public) = key.split_first().ok_or(malformed)?;
        if *kind != ED25519_TYPE {
            return Err(VerifierKeyError::OtherKind);
        }
        let public: [u8; PUBLIC_LEN] = public.try_into().map_err(|_| malformed)?;
        if !is_name(name) || id.len() != 8 {
            return Err(malformed);
        }
        let read = Self::new(name, public);
        if hex::encode(read.id()) == id { Ok(read) } else { Err(VerifierKeyError::Damaged) }
    }
}
