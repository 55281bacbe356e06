//! `[listen]`
//!
//! Tokens travel in what is listened for, so that plain HTTP is served on loopback only, unless somebody
//! says that it is meant.

use crate::config::{
    address::{self, collide, has_good_port, listening, plaintext_problem},
    paths::path,
    section::{InvalidValue, Notes, Section},
    settings::{Listen, TlsFiles},
    tree::Node,
    values::{boolean, list, written},
};
use std::net::SocketAddr;

/// Reads `[listen]`.
///
/// Without TLS, an address other than loopback needs `allow_plaintext`; and the two listeners never want
/// the same port.
pub(super) fn listen(mut section: Section<'_>, notes: &Notes) -> Option<Listen> {
    let proxy = section.read("proxy", listening);
    let admin = section.read("admin", listening);
    let public_url = section.optional("public_url", public_url);
    let tls = tls_files(&mut section, ["tls_cert", "tls_key"], notes);
    let admin_tls = tls_files(&mut section, ["admin_tls_cert", "admin_tls_key"], notes);
    let allow_plaintext = section.read("allow_plaintext", boolean);
    let admin_hosts = section.read("admin_hosts", list(host));
    section.end();
    // `Some(None)` means that no TLS was asked for; with half a pair, that mistake is told alone.
    if allow_plaintext == Some(false) && tls == Some(None) {
        complain_about_plaintext("listen.proxy", proxy, notes);
        if admin_tls == Some(None) {
            complain_about_plaintext("listen.admin", admin, notes);
        }
    }
    if let Some((proxy, admin)) = proxy.zip(admin)
        && collide(proxy, admin)
    {
        let problem =
            format!("must be another address or port than listen.proxy, which is {proxy}");
        notes.complain("listen.admin", problem);
    }
    Some(Listen {
        proxy: proxy?,
        admin: admin?,
        public_url: public_url?,
        tls: tls?,
        admin_tls: admin_tls?,
        allow_plaintext: allow_plaintext?,
        admin_hosts: admin_hosts?,
    })
}

/// Reads a certificate and its key: both or none. `None` means that a mistake was noted.
///
/// The files are not opened here.
#[expect(clippy::option_option, reason = "the outer one is for `?` in a struct literal")]
fn tls_files(
    section: &mut Section<'_>,
    names: [&str; 2],
    notes: &Notes,
) -> Option<Option<TlsFiles>> {
    let [certificate, key] = names.map(|name| section.optional(name, path));
    let half = |name: &str, other: &str| {
        let [path, other] = [name, other].map(|name| section.path_of(name));
        notes.complain(&path, format!("needs {other} beside it"));
    };
    match (certificate?, key?) {
        (Some(certificate), Some(key)) => {
            return Some(Some(TlsFiles { certificate, key }));
        }
        (None, None) => return Some(None),
        (Some(_), None) => half(names[0], names[1]),
        (None, Some(_)) => half(names[1], names[0]),
    }
    None
}

/// Notes an address that is not loopback.
fn complain_about_plaintext(path: &str, address: Option<SocketAddr>, notes: &Notes) {
    if let Some(problem) = address.and_then(plaintext_problem) {
        notes.complain(path, problem);
    }
}

/// Reads an address of http or https without query, fragment or user. It loses its last slashes, since
/// paths are put behind it.
fn public_url(node: &Node) -> Result<Box<str>, InvalidValue> {
    let refused = || node.reject("must be a URL like \"https://images.example.com\"");
    let text = written(node).ok_or_else(refused)?;
    let uri: http::Uri = text.parse().map_err(|_| refused())?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    if !has_good_port(&uri) {
        return Err(node.reject("names a port that cannot be"));
    }
    // Asked of the text, since `Uri` passes over a fragment in silence.
    if is_web && uri.query().is_none() && !text.contains(['@', '#']) {
        return Ok(text.trim_end_matches('/').into());
    }
    Err(refused())
}

/// Reads a host name or address, with or without a port, in lower case.
pub(super) fn host(node: &Node) -> Result<Box<str>, InvalidValue> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let name = written(node).filter(|name| !name.is_empty() && name.chars().all(allowed));
    let name = name.ok_or_else(|| node.reject("must be a host name like \"admin.example.com\""))?;
    // With more than one colon it is an address of IPv6, whose last part is no port.
    if name.matches(':').count() == 1 && !address::is_good(name) {
        return Err(node.reject("names a port that cannot be"));
    }
    Ok(name.to_ascii_lowercase().into())
}
