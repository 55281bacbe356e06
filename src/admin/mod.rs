//! The control plane: an HTTP API for operators, on the admin socket and the admin listener.
//!
//! Whoever may open the socket is an admin. Over TCP an operator's token is asked for; while there are
//! no operators, that listener answers only health and metrics. Each endpoint is a file, and its
//! handler names the least role that may use it; errors are [`Problem`] documents.

mod access_check;
mod audit;
mod backup;
mod caller;
mod cut_off;
mod described_roles;
mod endpoints;
mod export_notes;
mod fault;
mod host;
mod keys;
mod naming;
mod note;
mod on_record;
mod openapi;
mod operators;
mod origin;
mod paths;
mod peer;
mod plain_words;
mod problem;
mod problem_from;
mod queue;
mod reason;
mod refused;
mod reload_handle;
mod request;
mod review;
mod role;
mod router;
mod settings;
mod span;
mod state;
mod system;
mod tokens;
mod usage;

#[cfg(test)]
pub(crate) mod tests;

pub use audit::{
    ARCHIVED_UP_TO, ArchiveFailureView, ArchiveRequest, ArchiveView, AuditExport, AuditSearch,
    AuditShow, CheckpointKeyView, CheckpointView, EXPORT_NAME, EXPORT_UP_TO, ExportFormat,
    ForgottenView, HeldBackView, MISSING_SEGMENTS, MovedSegmentView, NEXT_AFTER, PersonAsked,
    PersonFound, PersonSearch, PersonToForget, PersonView,
};
pub use backup::{BACKUP_BYTES, BACKUP_NAME, BackupRequest, KeptBackupView};
pub use endpoints::Endpoint;
pub use export_notes::ExportNotes;
pub use fault::to_response;
pub use keys::KeyRotationRequest;
pub use openapi::openapi;
pub use operators::{MeView, NewSecret, OperatorView};
pub use paths::endpoints;
pub use peer::AdminPeer;
pub use problem::Problem;
pub use queue::{LaneView, PauseView, PausedView, QueueAccountView, QueueView, ReleasedView};
pub use reload_handle::{
    ReloadError, ReloadHandle, ReloadOrder, ReloadRequest, ReloadedView, SettingChangeView,
};
pub use review::{ReviewCounts, ReviewSearch, ReviewView};
pub use router::router;
pub use settings::{
    AccountView, EnvironmentView, KeyStatusView, LimitedView, PolicyView, RouteView, SettingView,
};
pub use state::AdminState;
pub use system::{HealthView, StatusView};
pub use tokens::{
    CreatedToken, KeptView, PruneView, PrunedView, RotatedToken, SecretView, TokenSearch, TokenView,
};
pub use usage::{
    BalanceView, NewBalance, UsageSearch, UsageView, WriteOffReason, WriteOffStep, WrittenOffView,
};
