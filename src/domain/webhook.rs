//! What is kept of a webhook that ended a generation.

use super::{AccountName, GenerationId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt;

/// SHA-256 over everything that a delivery's signature covers: the same delivery has the same one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliveryDigest([u8; 32]);

impl DeliveryDigest {
    /// Accepts a finished digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for DeliveryDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for DeliveryDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeliveryDigest({self})")
    }
}

impl Serialize for DeliveryDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeliveryDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(D::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// The one delivery that ended a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The generation.
    pub generation: GenerationId,
    /// What tells this delivery from all others.
    pub digest: DeliveryDigest,
    /// When it came.
    pub received_at: Timestamp,
}

/// The vendor's user that an account's webhooks name from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorUser {
    /// The account.
    pub account: AccountName,
    /// The user, as the vendor names it.
    pub user: Box<str>,
    /// When the first webhook named it.
    pub since: Timestamp,
}
