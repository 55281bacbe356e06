//! A backup: the database of one moment with what belongs to it, in one file that proves itself.
//!
//! | word | type |
//! | --- | --- |
//! | what it is of, and what is in it | [`BackupSubject`], [`BackupMember`], [`MemberName`] |
//! | writing it | [`write_backup`] |
//! | reading it whole | [`examine_backup`], [`unpack_backup`], [`BackupFile`], [`BackupProblem`] |
//!
//! The file is one zstd frame: a line that says what follows, the bytes of its members one after the other,
//! and a line with the signed manifest and a signed checkpoint of the last record.

mod form;
mod member;
mod problem;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use form::{BackupMember, BackupSubject};
pub use member::MemberName;
pub use problem::BackupProblem;
pub use read::{BackupFile, examine_backup, unpack_backup};
pub use write::{BackupWriteError, write_backup};
