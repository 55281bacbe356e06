//! A backup: the database of one moment with what belongs to it, in one file that proves itself.
//!
//! | word | type |
//! | --- | --- |
//! | what it is of, and what is in it | [`BackupSubject`], [`BackupMember`], [`MemberName`] |
//! | making one of a gateway that serves | [`Backups`], [`ReadyBackup`], [`BackupError`] |
//! | writing it | [`write_backup`] |
//! | reading it whole | [`examine_backup`], [`unpack_backup`], [`BackupFile`], [`BackupProblem`] |
//! | making a database from it, and from records of later | [`Restoration`], [`RestorationReport`] |
//! | records of later, from exports and segments | [`RecordFile`] |
//! | what they lead to | [`Replayed`], [`Withheld`] |
//! | how far they reach | [`Coverage`] |
//!
//! The file is one zstd frame: a line that says what follows, the bytes of its members one after the other,
//! and a line with the signed manifest and a signed checkpoint of the last record.

mod copy;
mod coverage;
mod error;
mod form;
mod last;
mod later_records;
mod member;
mod prepare;
mod private_keys;
mod problem;
mod read;
mod ready;
mod record_file;
mod replay;
mod restoration;
mod restoration_error;
mod restoration_report;
mod restored_log;
mod seam;
mod service;
mod write;

#[cfg(test)]
mod tests;

pub use coverage::Coverage;
pub use error::BackupError;
pub use form::{BackupMember, BackupSubject};
pub use last::KeptBackup;
pub use later_records::LaterRecordsError;
pub use member::MemberName;
pub use private_keys::PrivateKeys;
pub use problem::BackupProblem;
pub use read::{BackupFile, examine_backup, unpack_backup};
pub use ready::ReadyBackup;
pub use record_file::{RecordFile, RecordFileError};
pub use replay::{Replayed, UnknownRecord, Withheld};
pub use restoration::{Restoration, TokenTrust};
pub use restoration_error::RestorationError;
pub use restoration_report::{AppliedRecords, RestorationReport};
pub use service::{BackupServices, Backups};
pub use write::{BackupWriteError, write_backup};
