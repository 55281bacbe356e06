//! The record: the chain, the fold into entries, the flood bound, verification.
//!
//! | word | type |
//! | --- | --- |
//! | how records are chained | [`HashChain`] |
//! | what people see: the records of one call, folded | [`Entry`], [`fold()`], [`AuditLine`] |
//! | one entry by an id, and where a refusal may have been counted | [`find()`], [`counted_in`] |
//! | refusals that are counted instead of written | [`RefusalBook`] |
//! | whether the record can be trusted | [`verify()`], [`verify_database`], [`Verification`] |
//! | records in files of their own | [`segment`] |
//! | what is signed of a backup | [`BackupManifest`] |
//! | files that are packed and prove themselves | [`packed`] |
//! | what holds against whoever can write the database | [`trust`], [`examine_database`] |

mod backup_manifest;
mod beginning;
mod chain;
mod entry;
pub mod export;
mod find;
mod fold;
mod integrity;
mod line;
pub mod packed;
mod refusal_book;
mod report;
pub mod segment;
mod segments_report;
mod signed_anew;
mod sums;
mod take_up;
pub mod trust;
mod verify;

#[cfg(test)]
mod tests;

pub use backup_manifest::BackupManifest;
pub use beginning::beginning_of;
pub use chain::HashChain;
pub use entry::{Entry, EntryResult, Metadata, More};
pub use find::{counted_in, find};
pub use fold::fold;
pub use integrity::{FirstBad, IntegrityError};
pub use line::AuditLine;
pub use refusal_book::RefusalBook;
pub use report::{VerifyReport, examine_database};
pub use segments_report::{MissingReason, MissingSegment, SegmentsReport};
pub use signed_anew::signed_anew;
pub use sums::Sums;
pub use take_up::take_up;
pub use verify::{Verification, VerifyError, verify, verify_database};
