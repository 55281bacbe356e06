//! Looking at the token again: it may have been withdrawn, or reduced, while its call waited.

use super::{ReadyCall, SendError};
use crate::{
    domain::{ErrorCode, Token},
    tokens::{TokenRefusal, Tokens},
};
use std::{fmt, sync::Arc};

/// Says whether a call may be made with its token as that is now; whoever checked the call first
/// implements it, and checks the same again.
pub trait StillAllowed: fmt::Debug + Send + Sync {
    /// Returns why not, if it may not.
    fn check(&self, token: &Token) -> Result<(), Reduced>;
}

/// A token has less than the call needs, which it had when the call came in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Reduced {
    /// The code of the answer.
    pub code: ErrorCode,
    /// What is missing, for the client.
    pub message: Box<str>,
}

/// Why a call may not be sent any more.
#[derive(Debug)]
pub(super) enum RecheckError {
    /// Its token, or the secret that was presented, is no good any more.
    Token(TokenRefusal),
    /// Its token has less now.
    Reduced(Reduced),
}

impl RecheckError {
    /// Returns the code of the answer.
    pub(super) fn code(&self) -> ErrorCode {
        match self {
            Self::Token(_) => ErrorCode::TokenInvalid,
            Self::Reduced(reduced) => reduced.code,
        }
    }

    /// Returns the words for the record.
    pub(super) fn reason(&self) -> Box<str> {
        match self {
            Self::Token(refusal) => refusal.reason().into(),
            Self::Reduced(reduced) => format!("token reduced: {reduced}").into(),
        }
    }
}

impl From<RecheckError> for SendError {
    fn from(withdrawn: RecheckError) -> Self {
        match withdrawn {
            RecheckError::Token(refusal) => Self::Token(refusal),
            RecheckError::Reduced(reduced) => Self::Reduced(reduced),
        }
    }
}

impl ReadyCall {
    /// Returns why the call may not be sent any more, if so.
    pub(super) fn check_again(&self, tokens: &Tokens) -> Result<(), RecheckError> {
        let now =
            tokens.recheck(&self.token.id, self.secret.number).map_err(RecheckError::Token)?;
        if Arc::ptr_eq(&now, &self.token) {
            return Ok(());
        }
        self.still_allowed.check(&now).map_err(RecheckError::Reduced)
    }
}
