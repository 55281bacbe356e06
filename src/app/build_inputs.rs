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
pub(super) struct BuildInputs<'g> {
    pub(super) settings: Arc<Settings>,
    pub(super) secrets: &'g Secrets,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tasks: Tasks,
    pub(super) store: &'g Store,
    pub(super) simulator: Option<&'g SimulatorHere>,
    pub(super) metrics: Arc<Metrics>,
    /// How clients reach the data plane, without a trailing slash.
    pub(super) public_url: &'g str,
    /// How this machine reaches it.
    pub(super) local_url: &'g str,
    pub(super) notary: Arc<Notary>,
}

pub(super) fn base_url(ground: &BuildInputs<'_>, account: &AccountSettings) -> anyhow::Result<Uri> {
    if let Some(url) = &account.base_url {
        return Ok(url.clone());
    }
    let simulator = ground.simulator.context("the simulator is not running")?;
    Ok(format!("http://{}", simulator.address).parse()?)
}
