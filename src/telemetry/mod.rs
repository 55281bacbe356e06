//! Logs and metrics.
//!
//! [`init`] sends the log to stderr, by way of a [`LineSink`] that nobody waits for; [`Metrics`] counts for
//! `/metrics`, and [`METRICS`] lists what there is. What may stand in either is in `docs/logging.md`.

mod expected;
mod format;
mod labels;
mod lines;
mod list;
mod log;
mod metrics;
mod panics;
mod state_metrics;

#[cfg(test)]
mod tests;

pub use format::MetricsFormat;
pub use lines::{DroppedLines, LineKind, LineSink, LineWriter, NoteForm};
pub use list::{METRICS, MetricInfo};
pub use log::{LogHandle, TelemetryError, init};
pub use metrics::{AccountPlaces, CallTimes, Metrics, OpenGauge};
