//! Why a secret lets nobody in.

use crate::domain::Operator;
use std::sync::Arc;

/// A secret is refused. All of these read alike outside and apart in the audit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperatorRefusal {
    /// It is not shaped like an operator's token, or mistyped.
    #[error("the operator token is malformed")]
    Malformed,
    /// It is the token of an app, which opens the data plane only.
    #[error("it is a client's token")]
    Client,
    /// No operator has this secret.
    #[error("the operator token is unknown")]
    Unknown,
    /// Its time is over.
    #[error("the operator token expired at {}", .0.expires_at)]
    Expired(Arc<Operator>),
    /// An admin disabled the operator.
    #[error("the operator is disabled")]
    Disabled(Arc<Operator>),
    /// An admin revoked the operator, for ever.
    #[error("the operator is revoked")]
    Revoked(Arc<Operator>),
    /// Their secret was exchanged, or their role became smaller, since they were let in.
    #[error("the operator changed since they were let in")]
    Changed(Arc<Operator>),
}

impl OperatorRefusal {
    /// Returns the reason in words for the audit, never for whoever asks.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "operator token malformed",
            Self::Client => "a client's token was presented to the control plane",
            Self::Unknown => "operator token unknown",
            Self::Expired(_) => "operator token expired",
            Self::Disabled(_) => "operator disabled",
            Self::Revoked(_) => "operator revoked",
            Self::Changed(_) => "operator changed since they were let in",
        }
    }

    /// Returns the operator that is meant, if they are known.
    pub fn operator(&self) -> Option<&Arc<Operator>> {
        match self {
            Self::Malformed | Self::Client | Self::Unknown => None,
            Self::Expired(operator)
            | Self::Disabled(operator)
            | Self::Revoked(operator)
            | Self::Changed(operator) => Some(operator),
        }
    }
}
