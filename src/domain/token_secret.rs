//! The secrets of a token, as everybody but their holders knows them: by number.

use super::{Timestamp, TokenDigest, TokenId};
use serde::{Deserialize, Serialize};

/// One secret of a token. While a token is rotated it has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSecret {
    /// Its number within the token, from 1 on; never used twice.
    pub number: u32,
    /// The digest of the secret itself.
    pub digest: TokenDigest,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it opens nothing; `None` means with the token.
    pub ends_at: Option<Timestamp>,
}

/// When a secret of a token last opened the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretUse {
    /// The token.
    pub token: TokenId,
    /// The number of the secret.
    pub secret: u32,
    /// When it last did.
    pub at: Timestamp,
}

impl TokenSecret {
    /// The number of the secret that a token is made with.
    pub const FIRST: u32 = 1;

    /// Says whether it opens anything at `now`, as far as that is up to the secret. The token
    /// itself may be disabled, revoked or expired all the same.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| end > now)
    }
}
