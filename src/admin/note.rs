//! What the record says of a refusal.

use crate::domain::{ErrorCode, Principal};

/// What the record says of a refusal: our own words, never those of whoever asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RefusalNote {
    pub(super) code: ErrorCode,
    pub(super) reason: Box<str>,
    /// Who is meant, where that is known only by what was presented.
    pub(super) by: Option<Principal>,
}
