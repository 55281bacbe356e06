//! Logs and metrics.
//!
//! [`init`] sends the log to stderr; [`Metrics`] counts for `/metrics`, and [`METRICS`] lists what
//! there is. What may stand in either is in `docs/logging.md`.

mod format;
mod labels;
mod list;
mod log;
mod metrics;

#[cfg(test)]
mod tests;

pub use format::MetricsFormat;
pub use list::{METRICS, MetricInfo};
pub use log::{TelemetryError, init};
pub use metrics::{AccountPlaces, CallTimes, Metrics, OpenGauge};
