//! The gateway itself: alive, ready, measured, described.

mod described_roles;
pub(super) mod health;
pub(super) mod metrics;
pub(super) mod openapi;
pub(super) mod status;

pub use health::HealthView;
pub use openapi::openapi;
pub use status::{FolderState, StatusView};
