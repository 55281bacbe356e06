//! What can go wrong with durable state.

use std::{io, path::PathBuf};

/// What lies under a failure of a database, whichever it is.
pub(super) type StoreCause = Box<dyn std::error::Error + Send + Sync>;

/// The store cannot be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder, or a file in it, cannot be used.
    #[error("cannot use {}", path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database failed. It may be locked, full, damaged or missing; the cause says which.
    #[error("the database failed")]
    Database(#[source] StoreCause),
    /// The database does not keep a setting that durability rests on. The settings are read back
    /// after they are made, since `SQLite` leaves out without an error what it cannot do.
    #[error("the database must run with {setting} {wanted}, but says {found}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// The database was written by a newer ideogate. Its schema is left as it is.
    #[error(
        "the database has schema {found}, but this ideogate knows only up to {known}: use the newer one"
    )]
    NewerSchema {
        /// The schema of the database.
        found: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// The database was written by an older ideogate, and only `serve` may bring it up to date.
    #[error(
        "the database has schema {found}, but this ideogate reads {known}: start it with `serve` once"
    )]
    OlderSchema {
        /// The schema of the database.
        found: u32,
        /// The schema read here.
        known: u32,
    },
    /// A row holds something that cannot be read. Nothing is guessed in its place, and the whole
    /// read fails.
    #[error("a row of {table} cannot be read")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        #[source]
        source: StoreCause,
    },
}

/// A bundle was not committed. It speaks of that bundle alone: others of the same transaction may
/// be in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The database cannot be written; nothing that depends on the bundle may be done.
    ///
    /// An admin change whose commit failed in the very act may still turn out to be in, once the
    /// database is reopened; the record then says so. An intent that does is closed as not sent.
    #[error("the database cannot be written: {0}")]
    Unavailable(Box<str>),
    /// The database has no room for a bundle of its kind; what is left is kept for others. Nothing that
    /// depends on the bundle may be done.
    #[error("the database is full: {0}")]
    Full(Box<str>),
    /// The journal was closed: the gateway is ending, and nothing more becomes durable. What was
    /// acknowledged before is durable.
    #[error("the journal is closed")]
    Closed,
    /// The bundle contradicts what is there; it alone was rolled back. What
    /// [`commit_sent`](super::Journal::commit_sent) was given still leaves its records, without effects.
    #[error("the bundle contradicts what is stored: {0}")]
    Rejected(Box<str>),
}
