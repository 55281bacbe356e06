//! The shape of a client's token, tested before any lookup.

use crate::domain::SecretKind;

pub use crate::domain::SecretShapeError as TokenShapeError;

/// Tests the shape and the checksum of a text that may be a token.
pub(super) fn check(text: &str) -> Result<(), TokenShapeError> {
    SecretKind::Client.check(text)
}
