//! The record: searched, shown, watched.

pub(super) mod checkpoint;
pub(super) mod export;
mod export_filter;
mod export_stream;
mod filter;
pub(super) mod search;
pub(super) mod show;
pub(super) mod tail;

pub use checkpoint::{CheckpointKeyView, CheckpointView};
pub use export::{EXPORT_NAME, EXPORT_UP_TO};
pub use export_filter::{AuditExport, ExportFormat};
pub use filter::AuditSearch;
pub use search::NEXT_AFTER;
