//! What a gateway is started with.

use super::{HandedSockets, ServiceManager};
use crate::{
    config::{Doubts, Secrets, Settings},
    domain::Clock,
    telemetry::{DroppedLines, LineSink, LogHandle},
};
use std::{fmt, path::PathBuf, sync::Arc};

/// Where settings are read from.
#[derive(Debug, Clone, Default)]
pub struct SettingsSource {
    /// The operator's file; a relative name counts from `working_dir`.
    pub file: Option<PathBuf>,
    /// The folder that relative names and `.env` are looked up in; empty means the current one.
    pub working_dir: PathBuf,
    /// The environment; `None` means that of the process, of which no copy is kept since it may hold keys.
    pub variables: Option<Vec<(String, String)>>,
}

/// What a gateway is started with.
///
/// Holding the settings against the machine beforehand is the caller's part.
pub struct StartOptions {
    /// Everything that can be set.
    pub settings: Settings,
    /// Where they were read from, and are read again at a reload.
    pub source: SettingsSource,
    /// The keys.
    pub secrets: Secrets,
    /// What works on this machine and deserves a look, for operators who ask.
    pub doubts: Doubts,
    /// The sockets that the service manager opened.
    pub handed_over: HandedSockets,
    /// Whom it is told to when the settings are reloaded.
    pub manager: ServiceManager,
    /// Changes what is logged; `None` where the log is somebody else's.
    pub log: Option<LogHandle>,
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
