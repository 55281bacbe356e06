//! End users, in the only forms that are kept of them.

use super::{PersonId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt;

/// A digest of a name under a key of the gateway's own, by which a person is known again. Without
/// that key it says nothing of the name, and no guess can be tried against it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonDigest([u8; 32]);

impl PersonDigest {
    /// Accepts a finished digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for PersonDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonDigest(…)")
    }
}

impl Serialize for PersonDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for PersonDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(D::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// A name under seal. It is opened with the same key that made the digest, and by nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedName(Box<[u8]>);

impl SealedName {
    /// Accepts what was sealed before.
    pub fn from_bytes(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// Returns the sealed bytes.
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SealedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedName(…)")
    }
}

impl Serialize for SealedName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for SealedName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text).map(Self::from_bytes).map_err(D::Error::custom)
    }
}

/// An end user as an app asserted it, in the only form that leaves the door: nothing that holds it,
/// be it a file or a line of the log, holds the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertedPerson {
    /// By which the person is known again.
    pub digest: PersonDigest,
    /// The name.
    pub sealed: SealedName,
}

/// An end user as stored: which id stands for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPerson {
    /// The id that records have.
    pub id: PersonId,
    /// Who it is.
    pub person: AssertedPerson,
    /// When the first record about them was made.
    pub since: Timestamp,
}
