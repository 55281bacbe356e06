//! `[webhooks]`, and whether those who receive some can be reached.

use super::accounts::ReadAccounts;
use crate::config::{
    section::{Notes, Section},
    settings::{AccountSettings, Listen},
    tree::join,
    values::{size, span, whole},
    webhooks::{WebhookMode, Webhooks},
};
use http::Uri;
use std::{net::IpAddr, time::Duration};

/// The longest address that Ideogram takes is 2048 characters; the path is ours.
/// `webhook_url` has that bound in Ideogram's `OpenAPI` document.
const LONGEST_URL: usize = 2000;

/// Reads `[webhooks]`.
///
/// The window is a second at least; the wait may be zero.
pub(super) fn webhooks(mut section: Section<'_>) -> Option<Webhooks> {
    let window = section.read("window", span(Duration::from_secs(1)));
    let wait = section.read("wait", span(Duration::ZERO));
    let max_body = section.read("max_body", size(1024));
    let failures = section.read("failures_per_minute", whole(1, 1_000_000));
    section.end();
    Some(Webhooks {
        window: window?,
        wait: wait?,
        max_body: max_body?,
        failures_per_minute: failures?,
    })
}

/// Ideogram delivers to public https addresses only; stand-ins on loopback take any.
///
/// Notes accounts that receive webhooks at an address which Ideogram would refuse: it takes `https` only,
/// and no private or loopback host.
pub(super) fn complain(accounts: &ReadAccounts, listen: Option<&Listen>, notes: &Notes) {
    let Some(listen) = listen else { return };
    for (name, account) in accounts.values().flatten() {
        if account.webhooks == WebhookMode::Receive && is_remote(account) {
            let public = listen.public_url.as_deref();
            if let Some(problem) = unreachable(public) {
                let path = join(&join("accounts", name.as_str()), "webhooks");
                notes.complain(&path, problem);
            }
        }
    }
}

/// Says whether an account is Ideogram itself. Plain http goes to loopback only, so what is not https is a
/// stand-in.
fn is_remote(account: &AccountSettings) -> bool {
    account.base_url.as_ref().is_some_and(|url| url.scheme_str() == Some("https"))
}

/// Returns what is wrong with the public address as one that Ideogram delivers to.
fn unreachable(public_url: Option<&str>) -> Option<&'static str> {
    let Some(url) = public_url else {
        return Some("needs listen.public_url, where Ideogram reaches the gateway");
    };
    let uri: Uri = url.parse().ok()?;
    if uri.scheme_str() != Some("https") {
        return Some("needs a listen.public_url that begins with https://, as Ideogram demands");
    }
    if is_private(uri.host().unwrap_or_default()) {
        return Some(
            "needs a listen.public_url that is public: Ideogram refuses loopback and private hosts",
        );
    }
    (url.len() > LONGEST_URL).then_some("needs a shorter listen.public_url")
}

/// Says whether a host is one of this machine or of a private network, as far as its name or address tells.
/// A name without a dot counts as one. Nothing is looked up.
fn is_private(host: &str) -> bool {
    let name = host.trim_start_matches('[').trim_end_matches(']');
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => {
            ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
        Err(_) => host.eq_ignore_ascii_case("localhost") || !host.contains('.'),
    }
}
