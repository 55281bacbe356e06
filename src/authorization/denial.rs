//! Why a token may not make a call.

use crate::domain::{EnvironmentName, ErrorCode, Scope};
use std::fmt;

/// Why a token may not make a call, in words for its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// The token lacks the scope.
    ScopeMissing(Scope),
    /// The token has the scope, and its environment does not allow it any more.
    EnvironmentDenied(EnvironmentName, Scope),
    /// A limit is in the way.
    Rule {
        /// What is asked for, and what is allowed.
        message: String,
        /// The limit, and where it is set.
        rule: Box<str>,
        /// The field that asks for too much, where it is one.
        field: Option<&'static str>,
    },
    /// What a limit is about cannot be read in one way.
    Malformed {
        /// What is wrong.
        message: String,
        /// The field.
        field: &'static str,
    },
}

impl Denial {
    /// Returns the denial of a limit.
    pub(super) fn rule(message: String, rule: &str) -> Self {
        Self::Rule { message, rule: rule.into(), field: None }
    }

    /// Returns the denial of a limit that is about one field.
    pub(super) fn rule_on(field: &'static str, message: String, rule: &str) -> Self {
        Self::Rule { message, rule: rule.into(), field: Some(field) }
    }

    /// Returns the code of the answer.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::ScopeMissing(_) => ErrorCode::ScopeMissing,
            Self::EnvironmentDenied(..) => ErrorCode::EnvironmentDenied,
            Self::Rule { .. } => ErrorCode::PolicyDenied,
            Self::Malformed { .. } => ErrorCode::MalformedRequest,
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ScopeMissing(scope) => {
                write!(f, "the token may not {}: it lacks {scope}", scope.describe())
            }
            Self::EnvironmentDenied(environment, scope) => {
                write!(f, "environment {environment} does not allow {scope} any more")
            }
            Self::Rule { message, .. } | Self::Malformed { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for Denial {}
