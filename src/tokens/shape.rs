//! The shape of a token, tested before any lookup.

use super::base62::{CHECKSUM_DIGITS, SECRET_DIGITS, checksum, is_base62};
use crate::domain::EnvironmentName;

/// How every token starts.
///
/// NEVER CHANGE THE PREFIX: tokens in the hands of apps, the scanners that look for leaked ones and
/// the rules of other people's proxies all know it.
pub(super) const PREFIX: &str = "idg_";

/// A text does not have the shape of a token, so nothing is looked up for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenShapeError {
    /// It does not start like a token.
    #[error("a token starts with 'idg_' and the name of its environment")]
    Prefix,
    /// The part between the prefix and the secret is no environment's name.
    #[error("the token names no environment")]
    Environment,
    /// The secret has another length.
    #[error("the token is cut off or too long")]
    Length,
    /// The secret has characters that no token has.
    #[error("the token has characters that do not belong into it")]
    Alphabet,
    /// The checksum does not fit: something was mistyped.
    #[error("the token is mistyped: its checksum does not fit")]
    Checksum,
}

/// Tests the shape and the checksum of a text that may be a token.
pub(super) fn check(text: &str) -> Result<(), TokenShapeError> {
    let rest = text.strip_prefix(PREFIX).ok_or(TokenShapeError::Prefix)?;
    let (environment, secret) = rest.split_once('_').ok_or(TokenShapeError::Prefix)?;
    environment.parse::<EnvironmentName>().map_err(|_| TokenShapeError::Environment)?;
    if secret.len() != SECRET_DIGITS + CHECKSUM_DIGITS {
        return Err(TokenShapeError::Length);
    }
    if !is_base62(secret) {
        return Err(TokenShapeError::Alphabet);
    }
    let (covered, given) = text.split_at(text.len() - CHECKSUM_DIGITS);
    if checksum(crc32fast::hash(covered.as_bytes())) != *given.as_bytes() {
        return Err(TokenShapeError::Checksum);
    }
    Ok(())
}
