//! Why a backup cannot be restored.

use super::{later_records::LaterRecordsError, replay::UnknownRecord};
use crate::{
    audit::trust::SigningFileError,
    store::{RestoringError, StoreError},
};

/// A backup cannot be restored. What was made of it so far is worth nothing.
#[derive(Debug, thiserror::Error)]
pub enum RestorationError {
    /// The database cannot be read.
    #[error("the database of the backup cannot be read")]
    Read(#[from] StoreError),
    /// The database cannot be written, or a record does not fit into it.
    #[error(transparent)]
    Write(#[from] RestoringError),
    /// The record of the backup is not as it was written.
    #[error("the record of the backup is not as it was written: {0}")]
    Bad(String),
    /// The record of the backup does not end where it says.
    #[error("the record of the backup ends with {found}, and it says {said}")]
    OtherEnd {
        /// The number of its last record.
        found: u64,
        /// What is signed.
        said: u64,
    },
    /// Files of records do not fit.
    #[error(transparent)]
    Records(#[from] LaterRecordsError),
    /// A record cannot be understood.
    #[error(transparent)]
    Unknown(#[from] UnknownRecord),
    /// A checkpoint is of another record.
    #[error("record {seq} is not the one that was signed ({place}): this is another record")]
    Contradicted {
        /// The number of the record.
        seq: u64,
        /// Where the checkpoint is.
        place: String,
    },
    /// The key cannot be written.
    #[error(transparent)]
    Key(#[from] SigningFileError),
}
