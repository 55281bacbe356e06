//! The gateway itself: alive, ready, measured, described.

pub(super) mod description;
pub(super) mod health;
pub(super) mod metrics;
pub(super) mod status;

pub use health::HealthView;
pub use status::StatusView;
