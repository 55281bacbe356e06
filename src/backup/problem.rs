//! What can be wrong with a backup.

use super::MemberName;
use crate::audit::packed::PackedProblem;
use std::{io, path::PathBuf};

/// A file is no backup that can be relied on. It repeats no text of the file.
#[derive(Debug, thiserror::Error)]
pub enum BackupProblem {
    /// It does not begin as a backup does.
    #[error("is no backup: it does not begin as one")]
    NotOne,
    /// It was made by a version that writes another form.
    #[error("has form {0}, which this ideogate does not know: use a newer one")]
    OtherVersion(u64),
    /// A file in it is not what was packed.
    #[error("holds another {} than was packed", .0.file_name())]
    Member(MemberName),
    /// It is not what was packed and signed.
    #[error(transparent)]
    Packed(#[from] PackedProblem),
    /// What is in it cannot be written where it was to go.
    #[error("cannot be unpacked: {} cannot be written", .0.display())]
    Unwritable(PathBuf, #[source] io::Error),
}
