//! `[notify]`

use crate::config::{
    address::has_good_port,
    notify::{NotifySettings, NotifyUrl},
    section::{InvalidValue, Section},
    tree::Node,
    values::written,
};
use http::{Uri, uri::Authority};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads `[notify]`.
///
/// Of the address only scheme and host are shown, here and in mistakes.
pub(super) fn notify(mut section: Section<'_>) -> Option<NotifySettings> {
    let shown = |url: &NotifyUrl| Some(format!("{:?}", url.shown()));
    let url = section.optional_shown_as("url", address, shown);
    section.end();
    Some(NotifySettings { url: url? })
}

/// Reads where to tell: `https`, or `http` to this machine alone.
fn address(node: &Node) -> Result<NotifyUrl, InvalidValue> {
    let text = written(node).unwrap_or_default();
    let refused = |problem: &str| Err(node.reject_unseen(problem));
    let parsed = text.parse::<Uri>().ok().filter(|url| url.scheme().is_some());
    let Some(url) = parsed else {
        return refused("must be an address like \"https://hooks.example.com/ideogate\"");
    };
    let authority = url.authority().map(Authority::as_str).unwrap_or_default();
    if authority.contains('@') {
        return refused("must not name a user or a password");
    }
    if text.contains('#') {
        return refused("must have no fragment: it is never sent");
    }
    if !has_good_port(&url) || url.host().is_none_or(str::is_empty) {
        return refused("must name a host, and a port that can be");
    }
    match url.scheme_str() {
        Some("https") => Ok(NotifyUrl::new(url)),
        Some("http") if is_loopback(url.host().unwrap_or_default()) => Ok(NotifyUrl::new(url)),
        Some("http") => refused("must be https: plain http goes to loopback only"),
        _ => refused("must be https"),
    }
}

/// Says whether a host is this machine, by its address or as `localhost`. No other name is looked up.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_own = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => ip.octets()[0] == Ipv4Addr::LOCALHOST.octets()[0],
        IpAddr::V6(ip) => ip == Ipv6Addr::LOCALHOST,
    };
    bare.parse().map_or_else(|_| host.eq_ignore_ascii_case("localhost"), is_own)
}
