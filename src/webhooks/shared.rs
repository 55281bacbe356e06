//! Signatures by a shared secret: for set-ups that sign so.
//!
//! It is second best: a secret that can verify can also sign. Ideogram itself signs with Ed25519.

use super::claims::SharedClaims;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};
use std::fmt;

/// The secrets that count; several while one is replaced by the next.
pub(super) struct SharedSecrets(Vec<Key>);

/// Which bytes a secret signed.
///
/// Where it is the body alone, the body must tell the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Covered {
    /// The body alone.
    Body,
    /// The time in the header, a dot, and the body.
    TimeAndBody,
}

impl SharedSecrets {
    /// Takes the secrets that count.
    pub(super) fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// Returns the key that a secret makes.
    pub(super) fn key(secret: &[u8]) -> Key {
        Key::new(HMAC_SHA256, secret)
    }

    /// Says whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns what the signature covers, or `None` when no secret made it. All secrets are tried, and
    /// each comparison takes as long whatever differs.
    pub(super) fn covers(&self, claims: &SharedClaims, body: &[u8]) -> Option<Covered> {
        if let Some(timestamp) = &claims.timestamp {
            let mut message = Vec::with_capacity(timestamp.len() + 1 + body.len());
            message.extend_from_slice(timestamp.as_bytes());
            message.push(b'.');
            message.extend_from_slice(body);
            if self.fits(&message, &claims.signature) {
                return Some(Covered::TimeAndBody);
            }
        }
        // A time in a header that nobody signed counts for nothing: then the body must tell it.
        self.fits(body, &claims.signature).then_some(Covered::Body)
    }

    /// Says whether any secret made the signature.
    fn fits(&self, message: &[u8], signature: &[u8]) -> bool {
        let one = |key: &Key| verify(key, message, signature).is_ok();
        // All are tried, so that the time tells nothing about which one fits.
        self.0.iter().fold(false, |found, key| one(key) | found)
    }
}

impl fmt::Debug for SharedSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedSecrets({})", self.0.len())
    }
}
