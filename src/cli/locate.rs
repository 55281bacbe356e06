//! Finds the settings, and by them the gateway.

use super::{
    bearer, client::AdminClient, endpoint::AdminEndpoint, error::CliError, global::Global,
    output::Output, tls, trust::Trust,
};
use crate::{
    app::{SettingsSource, from_here, scheme},
    config::{Checked, LoadOptions, LoadedSettings, Settings, process_variables},
};
use std::path::{Path, PathBuf};

/// What people call their settings file, which is read only when it is named.
/// Where it lies unread, that is told.
const USUAL_FILE: &str = "ideogate.toml";

/// Loads the settings.
///
/// They are the caller's own, which need not be those that a gateway runs with.
pub(super) fn settings(global: &Global) -> Result<LoadedSettings, CliError> {
    let options = LoadOptions {
        file: global.config.clone(),
        variables: process_variables(),
        working_dir: PathBuf::new(),
    };
    Settings::load(options).map_err(CliError::Settings)
}

/// Returns where these settings are read from again.
pub(super) fn source(global: &Global) -> SettingsSource {
    SettingsSource { file: global.config.clone(), ..SettingsSource::default() }
}

/// Names the settings of whoever calls, for people.
///
/// It is how sentences begin that compare them with those in force.
pub(super) fn own_settings(global: &Global) -> String {
    match &global.config {
        Some(file) => format!("your settings file {}", file.display()),
        None => "your shell (no settings file was named)".to_owned(),
    }
}

/// Loads the settings that the gateway is to be run with, and holds them against the machine.
///
/// Nothing is changed: neither folder nor file is made.
pub(super) fn settings_to_serve(
    global: &Global,
    screen: Output,
) -> Result<(LoadedSettings, Checked), CliError> {
    let loaded = settings(global)?;
    let checked = loaded.check().map_err(CliError::Settings)?;
    // Not read by itself: what a gateway runs with must not depend on the folder that somebody stands in.
    if global.config.is_none() && Path::new(USUAL_FILE).exists() {
        screen.note(format!(
            "{USUAL_FILE} is here and was not read: say --config {USUAL_FILE}, or set IDEOGATE_CONFIG"
        ));
    }
    tls::check(&loaded.settings.listen)?;
    Ok((loaded, checked))
}

/// Returns where the gateway is: as was said, or as the settings say.
///
/// It is an error if nothing was said and the settings hold mistakes.
pub(super) fn place(global: &Global) -> Result<AdminEndpoint, CliError> {
    match &global.admin {
        Some(text) => AdminEndpoint::parse(text),
        None => Ok(AdminEndpoint::Socket(socket(&settings(global)?.settings))),
    }
}

/// Returns where the settings put the socket.
///
/// It is always there while a gateway runs, whatever its listeners are.
pub(super) fn socket(settings: &Settings) -> PathBuf {
    settings.data.dir.join("admin.sock")
}

/// Returns where the settings let clients connect, as seen from this machine.
///
/// An address on all networks is reached on loopback. It is an error if the port is a free one that only the
/// gateway knows.
pub(super) fn proxy_url(settings: &Settings) -> Result<String, CliError> {
    let address = from_here(settings.listen.proxy);
    if address.port() == 0 {
        let told = "listen.proxy picks a free port, so its URL must be given";
        return Err(CliError::Usage(told.to_owned()));
    }
    Ok(format!("{}://{address}", scheme(settings.listen.tls.as_ref())))
}

/// Returns a client of the gateway, as whoever the variables of this shell say.
///
/// Nothing is sent yet. It is an error if an operator token would have to travel in clear.
pub(super) fn client(global: &Global) -> anyhow::Result<AdminClient> {
    let place = place(global)?;
    let shown = bearer::headers(&place)?;
    AdminClient::with(place, &Trust::new(global), shown)
}
