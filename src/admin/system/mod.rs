//! The gateway itself: alive, ready, measured, described.

mod described_roles;
pub(super) mod health;
pub(super) mod metrics;
pub(super) mod openapi;

pub use health::HealthView;
pub use openapi::openapi;
