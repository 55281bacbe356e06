//! Why a request is refused at inspection.
//!
//! An error names the field and what is allowed. It never repeats a value, which may be a prompt.

use crate::domain::ErrorCode;
use std::{borrow::Cow, io};

/// A request cannot be inspected, or must not be passed on as it is.
///
/// Nothing of the request was sent to Ideogram, and it is not billed.
#[derive(Debug, thiserror::Error)]
pub enum InspectionError {
    /// The request cannot be read.
    /// Answered with `malformed_request`.
    #[error("{field} {problem}")]
    Malformed {
        /// The field, parameter or header at fault; `body` for the body as a whole.
        field: Box<str>,
        /// What is wrong and what is allowed, in words that follow the field's name.
        problem: Cow<'static, str>,
    },
    /// The request can be read in two ways.
    /// Answered with `ambiguous_request`: another reader might see another value of something that matters.
    #[error("{field} {problem}")]
    Ambiguous {
        /// The field, parameter or header at fault.
        field: Box<str>,
        /// What is wrong and what is allowed, in words that follow the field's name.
        problem: Cow<'static, str>,
    },
    /// The body is of a kind or in an encoding that the route does not take.
    /// Answered with `unsupported_media_type`.
    #[error("{field} {problem}")]
    UnsupportedMediaType {
        /// The header at fault.
        field: Box<str>,
        /// What is wrong and what is accepted, in words that follow the header's name.
        problem: Cow<'static, str>,
    },
    /// The spooled body cannot be read back; the fault is the gateway's.
    #[error("the spooled body cannot be read")]
    Unreadable(#[source] io::Error),
}

impl InspectionError {
    /// Returns the error about a field that cannot be read.
    pub(super) fn malformed(field: &str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed { field: abbreviate(field), problem: problem.into() }
    }

    /// Returns the error about a field that can be read in two ways.
    pub(super) fn ambiguous(field: &str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self::Ambiguous { field: abbreviate(field), problem: problem.into() }
    }

    /// Returns the error about a header that names a kind or an encoding the route does not take.
    pub(super) fn unsupported(field: &str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self::UnsupportedMediaType { field: abbreviate(field), problem: problem.into() }
    }

    /// Returns the code of the answer to the client.
    ///
    /// All but the gateway's own fault are the client's, and the same request would be refused again.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed { .. } => ErrorCode::MalformedRequest,
            Self::Ambiguous { .. } => ErrorCode::AmbiguousRequest,
            Self::UnsupportedMediaType { .. } => ErrorCode::UnsupportedMediaType,
            Self::Unreadable(_) => ErrorCode::InternalError,
        }
    }

    /// Returns the field at fault, unless the fault is the gateway's.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Malformed { field, .. }
            | Self::Ambiguous { field, .. }
            | Self::UnsupportedMediaType { field, .. } => Some(field),
            Self::Unreadable(_) => None,
        }
    }

    /// Returns what is wrong and what is allowed, in words that follow the field's name.
    pub fn problem(&self) -> &str {
        match self {
            Self::Malformed { problem, .. }
            | Self::Ambiguous { problem, .. }
            | Self::UnsupportedMediaType { problem, .. } => problem,
            Self::Unreadable(_) => "the body could not be read back",
        }
    }
}

/// The client chose the name, so it is shown short and without control characters.
fn abbreviate(field: &str) -> Box<str> {
    const LONGEST: usize = 64;
    let calm = field.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut shown: String = calm.take(LONGEST).collect();
    if field.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown.into()
}
