//! The record: the chain, the fold into entries, the flood bound, verification.
//!
//! | word | type |
//! | --- | --- |
//! | how records are chained | [`HashChain`] |
//! | what people see: the records of one call, folded | [`Entry`], [`fold()`], [`AuditLine`] |
//! | one entry by an id, and where a refusal may have been counted | [`find()`], [`counted_in`] |
//! | refusals that are counted instead of written | [`RefusalBook`] |
//! | whether the record can be trusted | [`verify()`], [`verify_database`], [`Verification`] |
//! | what holds against whoever can write the database | [`trust`], [`examine_database`] |

mod chain;
mod entry;
pub mod export;
mod find;
mod fold;
mod line;
mod refusal_book;
mod report;
mod sums;
pub mod trust;
mod verify;

#[cfg(test)]
mod tests;

pub use chain::HashChain;
pub use entry::{Entry, EntryResult, Metadata, More};
pub use find::{counted_in, find};
pub use fold::fold;
pub use line::AuditLine;
pub use refusal_book::RefusalBook;
pub use report::{VerifyReport, examine_database};
pub use sums::Sums;
pub use verify::{FirstBad, IntegrityError, Verification, VerifyError, verify, verify_database};
