//! The gateway itself: alive, ready, measured, described.

pub(super) mod health;
pub(super) mod metrics;
pub(super) mod openapi;

pub use health::HealthView;
pub use openapi::openapi;
