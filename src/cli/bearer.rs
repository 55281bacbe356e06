//! Who the command line is, to a gateway that is reached over the network.
//!
//! The token is in a variable or a file, never in an argument, which every user of the machine can read.

use super::{endpoint::AdminEndpoint, error::CliError, global::Global, output::Output};
use crate::{
    config::{operator_token, operator_token_doubt, process_variables},
    domain::PlainSecret,
};
use anyhow::Context;
use http::{
    HeaderMap, HeaderValue,
    header::{AUTHORIZATION, InvalidHeaderValue},
};
use reqwest::Url;
use std::net::IpAddr;

/// Returns the headers that show an operator token to a gateway at that place. A socket asks for
/// none, and is shown none.
///
/// It is an error if the variables give no usable token, or if it would travel in clear to another machine.
pub(super) fn headers(place: &AdminEndpoint) -> anyhow::Result<HeaderMap> {
    // At the socket the kernel tells who asks; a token would only be one more that could leak.
    let AdminEndpoint::Url(url) = place else { return Ok(HeaderMap::new()) };
    let token = operator_token(&process_variables());
    let token = token.map_err(|error| CliError::Usage(error.to_string()))?;
    let Some(token) = token else { return Ok(HeaderMap::new()) };
    check_confidential(url)?;
    let value = bearer(&token).context("the operator token cannot be sent")?;
    Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}

/// Warns of an operator token in a file that other users can read, where one is shown to a gateway.
///
/// The token is sent all the same: the warning is for the file, not for the command.
pub(super) fn warn(global: &Global, screen: Output) {
    let is_shown = global.admin.as_ref().is_some_and(|admin| admin.starts_with("http"));
    if let Some(words) = operator_token_doubt(&process_variables()).filter(|_| is_shown) {
        screen.note(format!("warning: {words}"));
    }
}

/// Returns the header's value, which debug texts do not show.
fn bearer(token: &PlainSecret) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal()))?;
    // Debug texts of requests leave it out then.
    value.set_sensitive(true);
    Ok(value)
}

/// Refuses to send a token where others could read it on the way.
///
/// Plain http is good for loopback only. A URL with a name or a password in it is refused.
fn check_confidential(url: &str) -> Result<(), CliError> {
    let url = Url::parse(url);
    let url = url.map_err(|error| CliError::Usage(format!("--admin is no URL: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        let told = "--admin must hold no name and no password: every user of this machine can read \
                    arguments; the token goes into IDEOGATE_OPERATOR_TOKEN";
        return Err(CliError::Usage(told.to_owned()));
    }
    if url.scheme() == "https" || is_loopback(&url) {
        return Ok(());
    }
    let told = format!(
        "an operator token is not sent to {} in clear: use https://, the socket on that machine, or \
         a tunnel that ends on this one (ssh -L)",
        url.host_str().unwrap_or("that host")
    );
    Err(CliError::Usage(told))
}

/// Says whether a URL is of this machine, by its address or as `localhost`.
fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_in_clear_to_this_machine_only() {
        for good in [
            "https://admin.example.com",
            "https://192.0.2.7:8081",
            "http://127.0.0.1:8081",
            "http://127.9.9.9",
            "http://[::1]:8081",
            "http://localhost:8081",
        ] {
            assert!(check_confidential(good).is_ok(), "{good}");
        }
        for bad in [
            "http://admin.example.com",
            "http://192.0.2.7:8081",
            "http://0.0.0.0:8081",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://127.0.0.1@evil.example",
            "https://a:b@admin.example.com",
            "https://",
        ] {
            assert!(check_confidential(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_is_not_shown_with_the_headers() {
        let token = PlainSecret::from_bits("ido_", &[7; 32]);
        let value = bearer(&token).unwrap();
        assert!(!format!("{value:?}").contains("ido_"));
    }
}
