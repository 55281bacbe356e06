//! The first thing that is wrong with an export.

use crate::audit::trust::NoteError;
use std::fmt;

/// Where an export is not what was signed. What comes behind it was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadExport {
    /// The line, from 1 on; `None` when it is the file as a whole.
    pub line: Option<u64>,
    /// The number of the record in it, or of the one that begins the entry, where it can be read.
    pub seq: Option<u64>,
    /// What is wrong.
    pub problem: ExportProblem,
}

/// What is wrong with an export. It repeats no text of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportProblem {
    /// It does not begin as an export does.
    NoHeader,
    /// A line is not what it should be.
    Unreadable,
    /// A line is missing before this one, or was moved: it is not the one with this number.
    NotInOrder(u64),
    /// Of a whole record, this one is missing.
    RecordMissing(u64),
    /// It does not follow the record before it.
    Unlinked,
    /// Its hash or seal does not fit its content.
    Changed,
    /// A row was changed, or one before it was removed, added or moved. Which of the two it was
    /// cannot be told from the seal.
    Unsealed,
    /// It ends without what is signed: its end was cut off.
    CutOff,
    /// There is something behind its end.
    TooLong,
    /// What is signed about it proves nothing. The lines may all fit together nevertheless.
    Unsigned(NoteError),
    /// What is signed is about an export with other lines.
    OtherLines,
    /// What is signed is about an export with another digest. That is how a change shows that no
    /// hash or seal covers, such as one of the first line.
    OtherDigest,
}

impl BadExport {
    pub(super) fn new(line: u64, seq: Option<u64>, problem: ExportProblem) -> Self {
        Self { line: Some(line), seq, problem }
    }

    pub(super) fn whole(problem: ExportProblem) -> Self {
        Self { line: None, seq: None, problem }
    }
}

impl fmt::Display for BadExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.seq) {
            (Some(line), Some(seq)) => write!(f, "line {line} (record {seq}): {}", self.problem),
            (Some(line), None) => write!(f, "line {line}: {}", self.problem),
            (None, _) => write!(f, "the file: {}", self.problem),
        }
    }
}

impl fmt::Display for ExportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHeader => f.write_str("is no export: its first line is not that of one"),
            Self::Unreadable => f.write_str("changed, it cannot be read"),
            Self::NotInOrder(due) => {
                write!(f, "is not number {due}: a line before it was removed, added or moved")
            }
            Self::RecordMissing(seq) => write!(f, "record {seq} is missing before it"),
            Self::Unlinked => f.write_str("does not follow the line before it"),
            Self::Changed => f.write_str("changed, its hash does not fit its content"),
            Self::Unsealed => {
                f.write_str("changed, or a row before it was removed, added or moved")
            }
            Self::CutOff => f.write_str("is cut off, the end with the signature is missing"),
            Self::TooLong => f.write_str("is added, the export had ended before"),
            Self::Unsigned(why) => write!(f, "what should prove it does not: {why}"),
            Self::OtherLines => {
                f.write_str("it has other lines than were signed: its end was exchanged")
            }
            Self::OtherDigest => f.write_str("changed, its digest is not the one that was signed"),
        }
    }
}
