//! Why old days are not moved.

use crate::{
    audit::{
        segment::{SegmentProblem, SegmentWriteError},
        trust::NotaryError,
    },
    store::{JournalError, StoreError},
};
use std::{io, path::PathBuf};

/// Records were not moved, or a segment not deleted. What had not left the database is still in it.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The folder cannot be reached.
    #[error("the archive folder {} cannot be used: is it mounted?", .0.display())]
    FolderGone(PathBuf, #[source] io::Error),
    /// It is another folder than the segments were moved to.
    #[error(
        "{} is not the archive folder that the segments were moved to: is it mounted? Put them and the file \
         `ideogate.archive` there, or set `audit.archive_dir` back",
        .0.display()
    )]
    FolderChanged(PathBuf),
    /// Others can enter it, or it is somebody else's.
    #[error("the archive folder {folder} {1}", folder = .0.display())]
    FolderOpen(PathBuf, Box<str>),
    /// It has no room.
    #[error("the archive folder {} has no room", .0.display())]
    FolderFull(PathBuf, #[source] io::Error),
    /// A file of somebody else is in the way.
    #[error("{file} is in the way: {1}; nothing of it was touched", file = .0.display())]
    Foreign(PathBuf, Box<str>),
    /// A segment is not what is on record, and records of it have not left yet.
    #[error("segment {0} is not what is on record, so that nothing more leaves the database: {1}")]
    SegmentMissing(Box<str>, Box<str>),
    /// A segment was written and is not what it should be.
    #[error("a segment was written, and reading it again shows that it is not whole")]
    NotWhole(#[source] SegmentProblem),
    /// A record is not as it was written.
    #[error("a record is not as it was written; `ideogate audit verify` tells more")]
    Record(#[source] SegmentWriteError),
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// What is to be signed was not signed.
    #[error("the segment was not signed")]
    Sign(#[from] NotaryError),
    /// The database cannot be read.
    #[error("the database cannot be read")]
    Store(#[from] StoreError),
    /// The database cannot be written.
    #[error("it cannot be put on record")]
    Journal(#[from] JournalError),
    /// Records are being moved already.
    #[error("records are being moved already")]
    Running,
    /// The gateway is stopping; the next start goes on.
    #[error("the gateway is stopping")]
    Stopping,
}

impl ArchiveError {
    /// Returns the stable code, as operators and scripts see it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::FolderGone(..) => "archive_folder_gone",
            Self::FolderFull(..) => "archive_folder_full",
            Self::FolderChanged(_) | Self::FolderOpen(..) => "archive_folder_changed",
            Self::Foreign(..) => "archive_foreign",
            Self::SegmentMissing(..) => "archive_segment_missing",
            Self::Running => "archive_running",
            Self::Stopping => "draining",
            Self::NotWhole(_)
            | Self::Record(_)
            | Self::Io(..)
            | Self::Sign(_)
            | Self::Store(_)
            | Self::Journal(_) => "archive_failed",
        }
    }

    /// Tells a disk that is full from one that fails.
    pub(super) fn of_writing(folder: PathBuf, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::FolderFull(folder, error)
            }
            _ => Self::Io(folder, error),
        }
    }
}
