//! A delivery whose signature holds.

use crate::domain::{AccountName, DeliveryDigest, GenerationId};
use std::collections::BTreeSet;

/// How a delivery was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// By the vendor's key of this id.
    Ed25519 {
        /// The key, as the vendor's set calls it.
        key: Box<str>,
    },
    /// By a secret of ours.
    HmacSha256,
}

impl Scheme {
    /// Returns the scheme's name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Ed25519 { .. } => "ed25519",
            Self::HmacSha256 => "hmac-sha256",
        }
    }
}

/// A delivery whose signature holds. Made by [`Verifier::verify`](super::Verifier::verify) alone.
///
/// It says nothing yet about whether there is such a generation, or whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The generation it is about.
    pub(super) generation: GenerationId,
    /// The vendor's user, where the signature covers one.
    pub(super) user: Option<Box<str>>,
    /// The accounts whose keys or secrets fit.
    pub(super) accounts: BTreeSet<AccountName>,
    /// How it was verified.
    pub(super) scheme: Scheme,
    /// What tells it from all others.
    pub(super) digest: DeliveryDigest,
}

impl Verified {
    /// Returns the generation it is about.
    pub fn generation(&self) -> &GenerationId {
        &self.generation
    }

    /// Returns the vendor's user, where the signature covers one.
    ///
    /// A shared secret covers none.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Says whether the signature is one of an account's.
    pub fn speaks_for(&self, account: &AccountName) -> bool {
        self.accounts.contains(account)
    }

    /// Returns how it was verified.
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Returns what tells this delivery from all others.
    ///
    /// The same signed bytes have the same one.
    pub fn digest(&self) -> DeliveryDigest {
        self.digest
    }
}
