//! The record: searched, shown, watched.

mod filter;
pub(super) mod search;
pub(super) mod show;
pub(super) mod tail;

pub use filter::AuditSearch;
pub use search::NEXT_AFTER;
