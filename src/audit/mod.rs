//! The record: the chain, the fold into entries, the flood bound, verification.
//!
//! | word | type |
//! | --- | --- |
//! | how records are chained | [`HashChain`] |
//! | what people see: the records of one call, folded | [`Entry`], [`fold()`], [`AuditLine`] |
//! | refusals that are counted instead of written | [`RefusalBook`] |
//! | whether the record can be trusted | [`verify()`], [`verify_database`], [`Verification`] |

mod chain;
mod entry;
mod fold;
mod line;
mod refusal_book;
mod verify;

#[cfg(test)]
mod tests;

pub use chain::HashChain;
pub use entry::{Entry, EntryResult, Metadata, More};
pub use fold::fold;
pub use line::AuditLine;
pub use refusal_book::RefusalBook;
pub use verify::{FirstBad, Problem, Verification, VerifyError, verify, verify_database};
