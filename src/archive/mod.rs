//! Old days of the record: moved out of the database into segments, read there, and deleted in their time.
//!
//! | word | type |
//! | --- | --- |
//! | what moves them, a step at a time | [`Mover`], [`MoverServices`] |
//! | where to and for how long | [`ArchiveRules`], [`FolderPlace`] |
//! | how far it is | [`ArchiveStatus`], [`MovedSegment`], [`HeldBack`] |
//! | reading records wherever they are | [`Archived`], [`RecordPages`] |
//!
//! # What a crash leaves
//!
//! Nothing is remembered but rows and files: each turn looks where it stands and goes on from there. The points
//! are S1 to S6, D1 and D2 in `docs/audit.md`, and a test kills the process at each.
//!
//! Nothing leaves the database before the file that holds it is durable, was read again whole, and is on record.

mod archived;
mod crash_point;
mod deletion;
mod entries;
mod error;
mod folder;
mod leave;
mod mover;
mod names;
mod pace;
mod pages;
mod pages_error;
mod pick_up;
mod plan;
mod progress;
mod record;
mod rules;
mod write;

#[cfg(test)]
mod tests;

pub use archived::Archived;
pub use entries::{ArchivedEntries, FoundEntries};
pub use error::ArchiveError;
pub use mover::{Mover, MoverServices};
pub use pages::RecordPages;
pub use pages_error::PagesError;
pub use plan::HeldBack;
pub use progress::{ArchiveFailure, ArchiveStatus, MovedSegment};
pub use rules::{ArchiveRules, FolderPlace};
