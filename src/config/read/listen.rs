//! `[listen]`

use crate::config::{
    section::{Notes, Refused, Section},
    settings::Listen,
    tree::Node,
    values::{boolean, list, parsed, text, written},
};
use std::{net::SocketAddr, path::PathBuf};

const ADDRESS: &str = "an address and a port like \"127.0.0.1:8080\"";

/// Reads `[listen]`.
pub(super) fn listen(mut section: Section<'_>, notes: &Notes) -> Option<Listen> {
    let proxy = section.read("proxy", parsed::<SocketAddr>(ADDRESS));
    let admin = section.read("admin", parsed::<SocketAddr>(ADDRESS));
    let public_url = section.optional("public_url", public_url);
    let tls_cert = section.optional("tls_cert", text);
    let tls_key = section.optional("tls_key", text);
    let allow_plaintext = section.read("allow_plaintext", boolean);
    let admin_hosts = section.read("admin_hosts", list(host));
    section.end();
    if let (Some(cert), Some(key)) = (&tls_cert, &tls_key) {
        complain_about_half_tls(cert.is_some(), key.is_some(), notes);
    }
    let is_plain = matches!((&tls_cert, &tls_key), (Some(None), Some(None)));
    if is_plain && allow_plaintext == Some(false) {
        complain_about_plaintext("listen.proxy", proxy, notes);
        complain_about_plaintext("listen.admin", admin, notes);
    }
    if proxy.is_some() && proxy == admin && proxy.is_some_and(|address| address.port() != 0) {
        notes.complain("listen.admin", "must be another address than listen.proxy");
    }
    Some(Listen {
        proxy: proxy?,
        admin: admin?,
        public_url: public_url?,
        tls_cert: tls_cert?.map(|path| PathBuf::from(&*path)),
        tls_key: tls_key?.map(|path| PathBuf::from(&*path)),
        allow_plaintext: allow_plaintext?,
        admin_hosts: admin_hosts?,
    })
}

fn complain_about_half_tls(cert: bool, key: bool, notes: &Notes) {
    if cert && !key {
        notes.complain("listen.tls_cert", "needs listen.tls_key beside it");
    }
    if key && !cert {
        notes.complain("listen.tls_key", "needs listen.tls_cert beside it");
    }
}

fn complain_about_plaintext(path: &str, address: Option<SocketAddr>, notes: &Notes) {
    if address.is_some_and(|address| !address.ip().is_loopback()) {
        let problem = "without TLS it must be a loopback address: say \
                       listen.allow_plaintext = true if a proxy in front speaks TLS";
        notes.complain(path, problem);
    }
}

fn public_url(node: &Node) -> Result<Box<str>, Refused> {
    let refused = || node.refuse("must be a URL like \"https://images.example.com\"");
    let text = written(node).ok_or_else(refused)?;
    let uri: http::Uri = text.parse().map_err(|_| refused())?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    if is_web && uri.query().is_none() && !text.contains(['@', '#']) {
        return Ok(text.trim_end_matches('/').into());
    }
    Err(refused())
}

pub(super) fn host(node: &Node) -> Result<Box<str>, Refused> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let name = written(node).filter(|name| !name.is_empty() && name.chars().all(allowed));
    let name = name.ok_or_else(|| node.refuse("must be a host name like \"admin.example.com\""))?;
    Ok(name.to_ascii_lowercase().into())
}
