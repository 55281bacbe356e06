//! Finds the settings, and by them the gateway.

use super::{
    arguments::Global, bearer, client::Client, fault::Fault, screen::Screen, tls, trust::Trust,
};
use crate::{
    app::{from_here, scheme},
    config::{Checked, LoadOptions, LoadedSettings, Settings, plain_path, process_variables},
};
use reqwest::Url;
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// What people call their settings file, which is read only when it is named.
const USUAL_FILE: &str = "ideogate.toml";

/// Where a gateway answers operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// At a socket.
    Socket(PathBuf),
    /// At a URL, without a trailing slash.
    Url(String),
}

impl Place {
    /// Reads what was given as `--admin`.
    fn of(text: &str) -> Result<Self, Fault> {
        if text.starts_with("http://") || text.starts_with("https://") {
            check_url("--admin", text)?;
            return Ok(Self::Url(text.trim_end_matches('/').to_owned()));
        }
        let port = text.rsplit_once(':').map(|(_, port)| port.parse::<u16>().is_ok());
        if text.contains("://") || (port == Some(true) && !text.contains('/')) {
            let told = format!(
                "--admin {text} is neither a socket's path nor a URL: write http:// or https:// in front"
            );
            return Err(Fault::Usage(told));
        }
        let path = plain_path(text.into());
        path.map(Self::Socket).map_err(|problem| Fault::Usage(format!("--admin {text} {problem}")))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "{}", path.display()),
            Self::Url(url) => f.write_str(url),
        }
    }
}

/// Loads the settings.
pub(super) fn settings(global: &Global) -> Result<LoadedSettings, Fault> {
    let options = LoadOptions {
        file: global.config.clone(),
        variables: process_variables(),
        working_dir: PathBuf::new(),
    };
    Settings::load(options).map_err(Fault::Settings)
}

/// Names the settings of whoever calls, for people.
pub(super) fn own_settings(global: &Global) -> String {
    match &global.config {
        Some(file) => format!("your settings file {}", file.display()),
        None => "your shell (no settings file was named)".to_owned(),
    }
}

/// Refuses a URL that nothing can be asked at.
pub(super) fn check_url(given_as: &str, text: &str) -> Result<(), Fault> {
    let wrong =
        |problem: &dyn fmt::Display| Fault::Usage(format!("{given_as} is no URL: {problem}"));
    let url = Url::parse(text).map_err(|error| wrong(&error))?;
    if url.port() == Some(0) {
        return Err(wrong(&"port 0 cannot be"));
    }
    Ok(())
}

/// Loads the settings that the gateway is to be run with, and holds them against the machine.
pub(super) fn settings_to_serve(
    global: &Global,
    screen: Screen,
) -> Result<(LoadedSettings, Checked), Fault> {
    let loaded = settings(global)?;
    let checked = loaded.check().map_err(Fault::Settings)?;
    if global.config.is_none() && Path::new(USUAL_FILE).exists() {
        screen.note(format!(
            "{USUAL_FILE} is here and was not read: say --config {USUAL_FILE}, or set IDEOGATE_CONFIG"
        ));
    }
    tls::check(&loaded.settings.listen)?;
    Ok((loaded, checked))
}

/// Returns where the gateway is: as was said, or as the settings say.
pub(super) fn place(global: &Global) -> Result<Place, Fault> {
    match &global.admin {
        Some(text) => Place::of(text),
        None => Ok(Place::Socket(socket(&settings(global)?.settings))),
    }
}

/// Returns where the settings put the socket.
pub(super) fn socket(settings: &Settings) -> PathBuf {
    settings.data.dir.join("admin.sock")
}

/// Returns where the settings let clients connect, as seen from this machine.
pub(super) fn proxy_url(settings: &Settings) -> Result<String, Fault> {
    let address = from_here(settings.listen.proxy);
    if address.port() == 0 {
        let told = "listen.proxy picks a free port, so its URL must be given";
        return Err(Fault::Usage(told.to_owned()));
    }
    Ok(format!("{}://{address}", scheme(settings.listen.tls.as_ref())))
}

/// Returns a client of the gateway, as whoever the variables of this shell say.
pub(super) fn client(global: &Global) -> anyhow::Result<Client> {
    let place = place(global)?;
    let shown = bearer::headers(&place)?;
    Client::with(place, &Trust::of(global), shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_told_from_a_path() {
        let url = |text: &str| Place::Url(text.into());
        assert_eq!(Place::of("http://127.0.0.1:8081/").unwrap(), url("http://127.0.0.1:8081"));
        for path in ["data/admin.sock", "/odd:1/admin.sock", "admin.sock"] {
            assert_eq!(Place::of(path).unwrap(), Place::Socket(path.into()));
        }
    }

    #[test]
    fn a_url_without_its_beginning_is_not_taken_for_a_path() {
        for wrong in ["127.0.0.1:8081", "localhost:8081", "[::1]:8081", "ftp://127.0.0.1:1"] {
            assert!(matches!(Place::of(wrong), Err(Fault::Usage(_))), "{wrong}");
        }
    }
}
