//! Why a credential opens nothing.

use crate::domain::Token;
use std::sync::Arc;

/// A credential is refused. All of these read alike outside and apart in the audit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TokenRefusal {
    /// It is not shaped like a token, or mistyped.
    #[error("the token is malformed")]
    Malformed,
    /// No token has this secret.
    #[error("the token is unknown")]
    Unknown,
    /// Its time is over.
    #[error("the token expired at {}", .0.expires_at)]
    Expired(Arc<Token>),
    /// An operator disabled it.
    #[error("the token is disabled")]
    Disabled(Arc<Token>),
    /// An operator revoked it, for ever.
    #[error("the token is revoked")]
    Revoked(Arc<Token>),
    /// The token lives, and this secret of it was replaced.
    #[error("secret {1} of the token was replaced")]
    Replaced(Arc<Token>, u32),
}

impl TokenRefusal {
    /// Returns the reason in words for the audit, never for the client.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "token malformed",
            Self::Unknown => "token unknown",
            Self::Expired(_) => "token expired",
            Self::Disabled(_) => "token disabled",
            Self::Revoked(_) => "token revoked",
            Self::Replaced(..) => "secret replaced",
        }
    }

    /// Returns the token that is meant, if it is known.
    pub fn token(&self) -> Option<&Arc<Token>> {
        match self {
            Self::Malformed | Self::Unknown => None,
            Self::Expired(token)
            | Self::Disabled(token)
            | Self::Revoked(token)
            | Self::Replaced(token, _) => Some(token),
        }
    }

    /// Returns the number of the secret, where it is the secret that is refused.
    pub fn secret(&self) -> Option<u32> {
        match self {
            Self::Replaced(_, number) => Some(*number),
            _ => None,
        }
    }
}
