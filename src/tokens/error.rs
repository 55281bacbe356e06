//! Why a token could not be made or changed.

use super::{new_token::RequestError, plain::RandomError};
use crate::{
    domain::{Timestamp, TokenId},
    store::{JournalError, StoreError},
};

/// A token could not be made, changed or loaded.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// What was asked for is wrong in these ways.
    #[error("the token cannot be made: {} mistakes", .0.len())]
    Invalid(Vec<RequestError>),
    /// There is no token of that id.
    #[error("there is no token {0}")]
    Unknown(TokenId),
    /// The token was revoked, which is final.
    #[error("token {0} was revoked, which is final")]
    RevokedIsFinal(TokenId),
    /// The token expired, which is final too.
    #[error("token {0} expired, which is final")]
    ExpiredIsFinal(TokenId),
    /// Two secrets are alive, and there are never more.
    #[error(
        "token {id} has two secrets already: number {older} works until {ends_at}, number {newer} was made at {made_at}"
    )]
    TwoSecretsAlive {
        /// The token.
        id: TokenId,
        /// The number of the older secret.
        older: u32,
        /// When the older one ends.
        ends_at: Timestamp,
        /// The number of the newer secret.
        newer: u32,
        /// When the newer one was made.
        made_at: Timestamp,
    },
    /// No secret could be made.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The change could not be put on record, so it was not made.
    #[error("the change could not be put on record")]
    Journal(#[source] JournalError),
    /// The tokens could not be read.
    #[error("the tokens could not be read")]
    Store(#[source] StoreError),
    /// The gateway stopped before the change was made.
    #[error("the gateway is stopping")]
    Stopping,
}
