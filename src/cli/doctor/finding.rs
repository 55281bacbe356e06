//! What the doctor says of one thing.

use serde::Serialize;
use std::fmt;

/// How a thing is.
///
/// Only the last one changes the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CheckMark {
    /// Good.
    Good,
    /// Works, and deserves a look.
    #[serde(rename = "warning")]
    Doubtful,
    /// Does not work.
    Broken,
}

/// One thing that was looked at.
///
/// Shown as one line that begins with the mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct DoctorCheck {
    /// What was looked at.
    pub(super) what: &'static str,
    /// How it is.
    pub(super) mark: CheckMark,
    /// What was seen, and what to do.
    pub(super) words: String,
}

impl DoctorCheck {
    /// Returns a finding of a thing that is good.
    pub(super) fn good(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, mark: CheckMark::Good, words: words.into() }
    }

    /// Returns a finding of a thing that deserves a look.
    pub(super) fn doubtful(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, mark: CheckMark::Doubtful, words: words.into() }
    }

    /// Returns a finding of a thing that does not work.
    pub(super) fn broken(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, mark: CheckMark::Broken, words: words.into() }
    }
}

impl fmt::Display for DoctorCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.mark {
            CheckMark::Good => "good    ",
            CheckMark::Doubtful => "warning ",
            CheckMark::Broken => "BROKEN  ",
        };
        write!(f, "{mark}  {:11}  {}", self.what, self.words)
    }
}
