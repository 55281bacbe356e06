//! The explanation of one error code.

use crate::domain::ErrorCode;

/// The explanation of one code.
#[derive(Debug, Clone, Copy)]
pub struct ErrorGuide {
    /// The code.
    pub code: ErrorCode,
    /// What it means.
    pub meaning: &'static str,
    /// What the app's developer does.
    pub developer: &'static str,
    /// What the gateway's operator does.
    pub operator: &'static str,
}

pub(super) const fn row(
    code: ErrorCode,
    meaning: &'static str,
    developer: &'static str,
    operator: &'static str,
) -> ErrorGuide {
    ErrorGuide { code, meaning, developer, operator }
}
