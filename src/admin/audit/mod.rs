//! The record: searched, shown, watched.

pub(super) mod archive;
mod archived;
pub(super) mod checkpoint;
pub(super) mod export;
mod export_filter;
mod export_stream;
mod filter;
mod person_views;
pub(super) mod persons;
pub(super) mod search;
pub(super) mod show;
pub(super) mod tail;

pub use archive::{
    ArchiveFailureView, ArchiveRequest, ArchiveView, HeldBackView, MovedSegmentView,
};
pub use checkpoint::{CheckpointKeyView, CheckpointView};
pub use export::{EXPORT_NAME, EXPORT_UP_TO};
pub use export_filter::{AuditExport, ExportFormat};
pub use filter::{AuditSearch, AuditShow};
pub use person_views::{
    ForgottenView, PersonAsked, PersonFound, PersonSearch, PersonToForget, PersonView,
};
pub use search::{ARCHIVED_UP_TO, MISSING_SEGMENTS, NEXT_AFTER};
