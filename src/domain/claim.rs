//! What a client claims with an `Idempotency-Key`: this request, once.

use super::{CallId, Fingerprint, Timestamp, TokenId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr, time::Duration};

/// How long a key is kept. It counts from the request that took it, not from the call's end.
pub const CLAIMED_FOR: Duration = Duration::from_hours(24);

/// The longest key in characters.
const LONGEST: usize = 255;

/// A name that a client gives a request, so that repeating it does nothing twice. It is whatever
/// the client wrote, so only a digest of it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(Box<str>);

/// A text is no idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {LONGEST} visible ASCII characters")]
pub struct IdempotencyKeyError;

impl FromStr for IdempotencyKey {
    type Err = IdempotencyKeyError;

    fn from_str(text: &str) -> Result<Self, IdempotencyKeyError> {
        let is_key =
            (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_key { Ok(Self(text.into())) } else { Err(IdempotencyKeyError) }
    }
}

/// SHA-256 over a token's id and its client's key: keys of two tokens never meet, and what clients
/// write into keys is stored nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimKey([u8; 32]);

impl ClaimKey {
    /// Returns what a token claims with a key. The same pair always gives the same one, over
    /// restarts and rotations of the secret.
    pub fn new(token: &TokenId, key: &IdempotencyKey) -> Self {
        let mut digest = Sha256::new();
        // Ids hold no zero byte, so that no other pair gives the same text.
        digest.update(token.as_str());
        digest.update([0]);
        digest.update(&*key.0);
        Self(digest.finalize().into())
    }

    /// Accepts a finished digest. Whether it was one of ours is not checked.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClaimKey({})", hex::encode(self.0))
    }
}

impl Serialize for ClaimKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for ClaimKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(D::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// A key that is taken by a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The key, scoped to its token.
    pub key: ClaimKey,
    /// The token.
    pub token: TokenId,
    /// The request it was given to; another one under the same key is a mistake.
    pub fingerprint: Fingerprint,
    /// The call.
    pub call: CallId,
    /// When the claim is made.
    pub claimed_at: Timestamp,
    /// Until when the key is kept.
    pub expires_at: Timestamp,
}

/// Where a claimed call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimState {
    /// It is about to be sent, or at Ideogram.
    Running,
    /// Its answer is kept.
    Answered,
    /// Nobody knows its end, or its answer is lost.
    Unknown,
}

impl ClaimState {
    /// Every state there is.
    pub const ALL: [Self; 3] = [Self::Running, Self::Answered, Self::Unknown];

    /// Returns the state as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Answered => "answered",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_some_length() {
        for key in
            ["k", "8e03978e-40d5-43dd-bc93-6894a57f9324", "\"quoted\"", "~!@", &"k".repeat(255)]
        {
            assert!(key.parse::<IdempotencyKey>().is_ok(), "{key}");
        }
        for text in ["", "two words", "tab\t", "naïve", "bell\u{7}", &"k".repeat(256)] {
            assert!(text.parse::<IdempotencyKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn keys_of_two_tokens_never_meet() {
        let claim = |token: &str, key: &str| {
            ClaimKey::new(&TokenId::from_stored(token), &key.parse().expect("a key"))
        };
        assert_eq!(claim("tok_a", "k"), claim("tok_a", "k"));
        assert_ne!(claim("tok_a", "k"), claim("tok_b", "k"));
        assert_ne!(claim("tok_a", "bk"), claim("tok_ab", "k"));
    }
}
