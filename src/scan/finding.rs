//! What was found.

use super::place::TextPosition;
use crate::domain::EnvironmentName;
use serde::Serialize;
use std::path::PathBuf;

/// Something that must not be where it is.
///
/// It may be printed and kept: it never holds the whole secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ScanFinding {
    /// The file.
    #[serde(serialize_with = "lossy")]
    pub path: PathBuf,
    /// The line, from 1.
    pub line: u64,
    /// The character in the line, from 1.
    pub column: u64,
    /// How sure this is.
    pub certainty: Certainty,
    /// What it is.
    #[serde(flatten)]
    pub leak: Leak,
}

/// How sure a finding is.
///
/// A token of ours carries a checksum; a key of Ideogram's has no shape to be sure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// It cannot be anything else.
    Certain,
    /// Its name and its look say so.
    Likely,
}

/// What was found; never the whole secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Leak {
    /// A client's token.
    Token {
        /// What it was made for.
        environment: EnvironmentName,
        /// Its public part and its last four characters.
        redacted: String,
    },
    /// An operator's token.
    OperatorToken {
        /// Its prefix and its last four characters.
        redacted: String,
    },
    /// What looks like a key of Ideogram's.
    Key {
        /// What it is assigned to.
        name: String,
        /// Its first and its last four characters.
        redacted: String,
    },
    /// A file of secrets that git does not ignore.
    EnvFile,
}

/// What was looked at, and what was found there.
///
/// A report without findings is good only if nothing is unread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanReport {
    /// How much was looked at.
    pub scanned: Scanned,
    /// What was found, by path and place.
    pub findings: Vec<ScanFinding>,
    /// What could not be looked at.
    pub unread: Vec<Unread>,
    /// What whoever reads this should know.
    pub notes: Vec<String>,
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Scanned {
    /// Files.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
}

/// A path that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unread {
    /// Where.
    #[serde(serialize_with = "lossy")]
    pub path: PathBuf,
    /// Why.
    pub problem: String,
}

impl ScanFinding {
    /// Returns a finding at a place.
    pub(super) fn new(path: PathBuf, place: TextPosition, leak: Leak) -> Self {
        let certainty = leak.certainty();
        Self { path, line: place.line, column: place.column, certainty, leak }
    }
}

impl Leak {
    /// Says how sure such a finding is.
    fn certainty(&self) -> Certainty {
        match self {
            Self::Token { .. } | Self::OperatorToken { .. } | Self::EnvFile => Certainty::Certain,
            Self::Key { .. } => Certainty::Likely,
        }
    }
}

impl ScanReport {
    /// Adds what another look found.
    ///
    /// What both found stands twice until it is put in order.
    pub fn add(&mut self, other: Self) {
        self.scanned.files += other.scanned.files;
        self.scanned.bytes += other.scanned.bytes;
        self.findings.extend(other.findings);
        self.unread.extend(other.unread);
        self.notes.extend(other.notes);
    }

    /// Returns the same in an order that does not depend on who was faster.
    ///
    /// What stands twice is told once.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.findings.sort();
        self.findings.dedup();
        self.unread.sort();
        self.unread.dedup();
        self.notes.sort();
        self.notes.dedup();
        self
    }
}

/// A path need not be UTF-8, and JSON must.
fn lossy<S: serde::Serializer>(path: &std::path::Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&path.to_string_lossy())
}
