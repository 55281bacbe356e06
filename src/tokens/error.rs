//! Why a token could not be made or changed.

use super::{plain::RandomError, request_error::RequestError};
use crate::{
    domain::{EnvironmentName, Role, Timestamp, TokenId},
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
    /// Whoever asks is no admin, and it would give more in production.
    #[error("giving more in {environment} takes the role admin: {gains}")]
    NeedsAdmin {
        /// The environment of production.
        environment: EnvironmentName,
        /// The role of whoever asks.
        role: Role,
        /// What would be more, in words.
        gains: Box<str>,
    },
    /// The token expired, and gets no other secret before it lives again.
    #[error("token {0} expired")]
    Expired(TokenId),
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
