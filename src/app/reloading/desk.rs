//! What reloads are done with.

use crate::{
    app::{Reload, ServiceManager, SettingsSource, services::Services},
    telemetry::LogHandle,
};
use secrecy::SecretString;

/// Does the reloads that are asked for.
///
/// It alone puts settings in force.
#[derive(Debug, Clone)]
pub(in crate::app) struct ReloadDesk {
    /// What the settings are for.
    pub(in crate::app) rooms: Services,
    /// Where they are read from.
    pub(in crate::app) source: SettingsSource,
    /// Changes what is logged.
    pub(in crate::app) log: Option<LogHandle>,
    /// Who reads keys and certificates again.
    pub(in crate::app) files: Reload,
    /// Who is told of it.
    pub(in crate::app) manager: ServiceManager,
    /// The key of the simulator in this process.
    pub(in crate::app) simulator_key: Option<SecretString>,
}
