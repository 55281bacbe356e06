//! Where a gateway answers operators.
//!
//! A socket is on this machine and asks for no token; a URL may lead anywhere.

use super::error::CliError;
use crate::config::plain_path;
use reqwest::Url;
use std::{fmt, path::PathBuf};

/// Where a gateway answers operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AdminEndpoint {
    /// At a socket.
    Socket(PathBuf),
    /// At a URL, without a trailing slash.
    Url(String),
}

impl AdminEndpoint {
    /// Reads what was given as `--admin`.
    ///
    /// What begins with `http://` or `https://` is a URL and all else a path. What looks like an address
    /// without either is refused, since a socket of that name is hardly meant.
    pub(super) fn parse(text: &str) -> Result<Self, CliError> {
        if text.starts_with("http://") || text.starts_with("https://") {
            check_url("--admin", text)?;
            return Ok(Self::Url(text.trim_end_matches('/').to_owned()));
        }
        // `localhost:8081` could name a socket; whoever types it means an address.
        let port = text.rsplit_once(':').map(|(_, port)| port.parse::<u16>().is_ok());
        if text.contains("://") || (port == Some(true) && !text.contains('/')) {
            let told = format!(
                "--admin {text} is neither a socket's path nor a URL: write http:// or https:// in front"
            );
            return Err(CliError::Usage(told));
        }
        let path = plain_path(text.into());
        path.map(Self::Socket)
            .map_err(|problem| CliError::Usage(format!("--admin {text} {problem}")))
    }
}

impl fmt::Display for AdminEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "{}", path.display()),
            Self::Url(url) => f.write_str(url),
        }
    }
}

/// Refuses a URL that nothing can be asked at.
///
/// `given_as` is what the mistake names. Port 0 is refused.
pub(super) fn check_url(given_as: &str, text: &str) -> Result<(), CliError> {
    let wrong =
        |problem: &dyn fmt::Display| CliError::Usage(format!("{given_as} is no URL: {problem}"));
    let url = Url::parse(text).map_err(|error| wrong(&error))?;
    if url.port() == Some(0) {
        return Err(wrong(&"port 0 cannot be"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_told_from_a_path() {
        let url = |text: &str| AdminEndpoint::Url(text.into());
        assert_eq!(
            AdminEndpoint::parse("http://127.0.0.1:8081/").unwrap(),
            url("http://127.0.0.1:8081")
        );
        for path in ["data/admin.sock", "/odd:1/admin.sock", "admin.sock"] {
            assert_eq!(AdminEndpoint::parse(path).unwrap(), AdminEndpoint::Socket(path.into()));
        }
    }

    #[test]
    fn a_url_without_its_beginning_is_not_taken_for_a_path() {
        for wrong in ["127.0.0.1:8081", "localhost:8081", "[::1]:8081", "ftp://127.0.0.1:1"] {
            assert!(matches!(AdminEndpoint::parse(wrong), Err(CliError::Usage(_))), "{wrong}");
        }
    }
}
