//! Who administers the gateway from afar, and how much each may do.

use super::{OperatorId, OperatorName, Principal, Timestamp, TokenDigest, TokenState};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How much an operator may do. Each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
// Compared by this order: at each endpoint, and when the role of somebody who is in became smaller.
pub enum Role {
    /// Sees everything and changes nothing.
    Viewer,
    /// Runs the gateway from day to day: tokens, the queue, the pause.
    Operator,
    /// Decides who operates, and what touches money, keys and the record's trust.
    Admin,
}

/// A word is no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is viewer, operator or admin")]
pub struct RoleError;

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// Returns the role as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(RoleError)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An operator as the gateway knows them; only a digest of their secret is ever kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Names the operator for ever, whatever else changes.
    pub id: OperatorId,
    /// What people call them; no two that are not revoked share it.
    pub name: OperatorName,
    /// How much they may do.
    pub role: Role,
    /// Whether their secret opens anything.
    pub state: TokenState,
    /// When they were made an operator.
    pub created_at: Timestamp,
    /// When their present secret was made.
    pub secret_made_at: Timestamp,
    /// From when on their secret is refused.
    pub expires_at: Timestamp,
}

impl Operator {
    /// Returns the operator as one who acts.
    pub fn principal(&self) -> Principal {
        Principal::Operator(self.name.as_str().into(), Some(self.id.clone()))
    }
}

/// An operator with the digest of a secret that was just made for them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredOperator {
    /// The operator as they are from now on.
    pub operator: Operator,
    /// The digest of their new secret, which ends the old one; `None` when the secret stays.
    pub digest: Option<TokenDigest>,
}
