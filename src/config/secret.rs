//! Keys and secrets, wrapped so that nobody prints them.
//!
//! Each is wiped when it is dropped, and its debug text shows nothing of it.

use super::key_text::{self, KeySource, KeySourceError};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::fmt;

/// A real key of Ideogram's, and where it came from.
///
/// It can neither be scoped nor does it expire: whoever has it can spend the balance of its workspace at
/// Ideogram.
#[derive(Clone)]
pub struct UpstreamKey {
    /// The key.
    pub(super) secret: SecretString,
    /// Where it came from.
    pub(super) source: KeySource,
}

impl UpstreamKey {
    /// Returns the key itself, still wrapped.
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// Returns where the key came from.
    pub fn source(&self) -> &KeySource {
        &self.source
    }

    /// Says whether two are the same key, wherever they came from.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        // Not in constant time: both are the operator's own, and nobody who could measure chose one of them.
        self.secret.expose_secret() == other.secret.expose_secret()
    }
}

impl fmt::Debug for UpstreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpstreamKey(…)")
    }
}

/// Where the key will be that comes next, and the key if it is there already.
///
/// It is not in use before somebody rotates, or the current one is rejected.
#[derive(Clone)]
pub struct NextKey {
    pub(super) source: KeySource,
    /// The key, if it was there at the start.
    pub(super) secret: Option<SecretString>,
}

impl NextKey {
    /// Returns the key itself, still wrapped, if it is there.
    /// It is as it was at the start; the file may hold another by now.
    pub fn secret(&self) -> Option<&SecretString> {
        self.secret.as_ref()
    }

    /// Returns where it is or will be.
    pub fn source(&self) -> &KeySource {
        &self.source
    }
}

impl fmt::Debug for NextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NextKey(…)")
    }
}

impl KeySource {
    /// Reads the key again; only a file can hold another than at the start.
    ///
    /// Blocks while it reads. It is an error when the file is not there, is empty or holds no key; a
    /// variable always is one, since it cannot change while the process runs.
    pub fn read_again(&self) -> Result<SecretString, KeySourceError> {
        match self {
            Self::Variable(name) => Err(KeySourceError::Fixed(name.clone())),
            Self::File { path, .. } => key_text::read_file(path),
        }
    }
}

/// A secret that webhooks are signed with where Ideogram's own signature is not.
///
/// It is second best: Ideogram signs with Ed25519 keys that it publishes.
#[derive(Clone)]
pub struct WebhookSecret(SecretString);

impl WebhookSecret {
    /// Accepts a secret whose text was checked.
    pub(super) fn new(secret: SecretString) -> Self {
        Self(secret)
    }

    /// Lends the secret's bytes.
    ///
    /// They are lent for the call, so that no copy is left behind.
    pub fn read<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        look(self.0.expose_secret().as_bytes())
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// What notifications are signed with: `whsec_` and base64, as Standard Webhooks writes it.
#[derive(Clone)]
pub struct NotifySecret(SecretSlice<u8>);

impl NotifySecret {
    /// What a secret begins with.
    const PREFIX: &str = "whsec_";

    /// Reads a secret of 24 to 64 bytes, or says what is wrong without repeating it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let coded = text
            .strip_prefix(Self::PREFIX)
            .ok_or("holds a secret that does not begin with whsec_")?;
        let bytes =
            STANDARD.decode(coded).map_err(|_| "holds a secret that is no base64 behind whsec_")?;
        // Wrapped before it is judged, so that one that is refused is wiped as well.
        let secret = Self(SecretSlice::from(bytes));
        if secret.read(|bytes| (24..=64).contains(&bytes.len())) {
            Ok(secret)
        } else {
            Err("holds a secret of less than 24 bytes or more than 64".to_owned())
        }
    }

    /// Lends the secret's bytes.
    ///
    /// They are lent for the call, so that no copy is left behind.
    pub fn read<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        look(self.0.expose_secret())
    }
}

impl fmt::Debug for NotifySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NotifySecret(…)")
    }
}
