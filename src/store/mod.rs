//! Durable state: one writer with group commit, and readers beside it.
//!
//! | word | type |
//! | --- | --- |
//! | the data folder in use | [`Store`] |
//! | writing: bundles in, durable when acknowledged | [`Journal`], [`SendWarrant`], [`Durability`] |
//! | reading | [`Reader`], [`RecordQuery`] |
//! | copying it while it is written to | [`Reader::copy_to`], [`CopyEnd`] |
//! | the chain | [`ChainHasher`], [`SealedRecord`], [`RawRecord`] |
//! | where it begins and ends in the database | [`ChainBase`], [`ChainExtent`] |
//! | a database that comes from a backup | [`RestoringWriter`] |
//! | the seam to a database | [`BundleWriter`] |
//!
//! The journal and its group commit know only [`BundleWriter`]; one database is in `sqlite`.

mod bundle_writer;
mod chain;
mod chain_writer;
mod columns;
mod commit_watch;
mod error;
mod extent;
mod failing;
mod job;
mod journal;
mod key_file;
mod made_folder;
mod open;
mod outage;
mod query;
mod resolved;
mod restoring;
mod room;
mod spill;
mod sqlite;
mod usage;
mod warrant;
mod writer_thread;

#[cfg(test)]
pub(crate) mod tests;

pub use bundle_writer::{BundleWriter, WriteError};
pub use chain::{ChainHasher, ChainHead, ChainLink, SealedRecord};
pub use columns::{Columns, RawRecord};
pub use commit_watch::{CommitWatch, UnwatchedCommits};
pub use error::{JournalError, StoreError};
pub use extent::{CallAtWork, ChainBase, ChainExtent, KeptChange, RecordSize};
pub use job::Durability;
pub use journal::{Journal, JournalHealth, NotAppended};
pub use key_file::{
    ANSWERS_KEY_FILE, KeyFileError, OWNER_ONLY, PERSONS_KEY_FILE, TAGS_FILE, open_key,
    read_or_make_key, replace_file, sync_folder_of,
};
pub use made_folder::make_folder;
pub use open::{Store, StoreOptions};
pub use query::{
    BookedCall, DailySpend, KeptClaim, Mention, PersonUse, PlacesHeld, RecordQuery, RefusedUse,
    RouteUse, UnsettledCall,
};
pub use restoring::{RestoringError, RestoringWriter};
pub use sqlite::{CopyEnd, DATABASE_FILE, KeptUse, LARGE_LOG, Reader, log_size, newest_schema};
pub use usage::{SumKey, Usage, UsageQuery};
pub use warrant::SendWarrant;
