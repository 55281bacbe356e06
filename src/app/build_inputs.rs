//! What the rooms are built on.

use super::simulator_here::SimulatorHere;
use crate::{
    audit::trust::Notary,
    config::{AccountSettings, Secrets, Settings},
    domain::Clock,
    store::Store,
    tasks::Tasks,
    telemetry::Metrics,
};
use anyhow::Context;
use http::Uri;
use std::sync::Arc;

/// What the rooms are built on.
///
/// It lends the database and the keys: the rooms take their own ways to both.
pub(super) struct BuildInputs<'g> {
    /// The settings of the start; rooms that need what is in force keep that instead.
    pub(super) settings: Arc<Settings>,
    /// The keys, as they were read.
    pub(super) secrets: &'g Secrets,
    /// Tells the time.
    pub(super) clock: Arc<dyn Clock>,
    /// Runs what goes on by itself.
    pub(super) tasks: Tasks,
    /// The database.
    pub(super) store: &'g Store,
    /// The simulator, if an account asks for it.
    pub(super) simulator: Option<&'g SimulatorHere>,
    /// Counts.
    pub(super) metrics: Arc<Metrics>,
    /// How clients reach the data plane, without a trailing slash.
    pub(super) public_url: &'g str,
    /// How this machine reaches it.
    pub(super) local_url: &'g str,
    /// Signs the record's end.
    pub(super) notary: Arc<Notary>,
}

/// Returns the origin of an account: its own, or that of the simulator in this process.
pub(super) fn base_url(ground: &BuildInputs<'_>, account: &AccountSettings) -> anyhow::Result<Uri> {
    if let Some(url) = &account.base_url {
        return Ok(url.clone());
    }
    let simulator = ground.simulator.context("the simulator is not running")?;
    Ok(format!("http://{}", simulator.address).parse()?)
}
