//! What a gateway is started with.

use super::HandedSockets;
use crate::{
    config::{Doubts, Secrets, Settings},
    domain::Clock,
    telemetry::{DroppedLines, LineSink},
};
use std::{fmt, sync::Arc};

/// What a gateway is started with.
///
/// Holding the settings against the machine beforehand is the caller's part.
pub struct StartOptions {
    /// Everything that can be set.
    pub settings: Settings,
    /// The keys.
    pub secrets: Secrets,
    /// What works on this machine and deserves a look, for operators who ask.
    pub doubts: Doubts,
    /// The sockets that the service manager opened.
    pub handed_over: HandedSockets,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where `[AUDIT]` and `[CHECKPOINT]` lines go; `None` means nowhere.
    pub audit_lines: Option<LineSink>,
    /// How many lines of this process were dropped, for the metrics.
    pub dropped: DroppedLines,
}

impl fmt::Debug for StartOptions {
    /// Keys are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartOptions").field("settings", &self.settings).finish_non_exhaustive()
    }
}
