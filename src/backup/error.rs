//! Why there is no backup.

use super::BackupWriteError;
use crate::{
    audit::{VerifyError, trust::NotaryError},
    store::{JournalError, StoreError},
};
use std::{io, path::PathBuf};

/// A backup was not made, and nothing is left of it but its record.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Another one is being made, or is still being sent.
    #[error("a backup is being made already: wait for its end")]
    Running,
    /// The disk of the data folder has no room for a copy of the database.
    #[error(
        "the disk of the data folder has no room for a copy of the database, which needs {needed} bytes \
         and must leave {least} free"
    )]
    NoRoom {
        /// The bytes of the database.
        needed: u64,
        /// The bytes that must stay free.
        least: u64,
    },
    /// There is none of that name.
    #[error("no backup of that name is on record")]
    Unknown,
    /// It cannot be put on record.
    #[error("the backup cannot be put on record")]
    Journal(#[from] JournalError),
    /// The database cannot be read.
    #[error("the database cannot be copied")]
    Store(#[from] StoreError),
    /// The copy is damaged, as the database then is.
    #[error("the copy of the database is damaged: {0}")]
    Damaged(String),
    /// The record in the copy is not good.
    #[error("the record in the copy is not good; `ideogate audit verify` tells more")]
    Record(#[from] VerifyError),
    /// The copy has not all that was on record when it began.
    #[error("the copy of the database ends before the backup began")]
    TooOld,
    /// Its end was not signed.
    #[error("the end of the record cannot be signed")]
    Unsigned(#[from] NotaryError),
    /// It cannot be written.
    #[error("the backup cannot be written")]
    Write(#[from] BackupWriteError),
    /// A file cannot be used.
    #[error("cannot use {}", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Stopping,
}
