//! The three places to connect to, bound before anything else starts.
//!
//! A port of 0 becomes a real one here, so that addresses can be told before anything is served.

use super::HandedSockets;
use crate::{
    config::{Settings, TlsFiles},
    web::SocketPath,
};
use anyhow::Context;
use std::{
    fs, io,
    net::{self, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
};
use tokio::net::{TcpListener, UnixListener};

/// Listeners that nobody is served on yet.
///
/// Connections that come meanwhile wait in the system's backlog.
#[derive(Debug)]
pub(super) struct Listeners {
    /// For clients.
    pub(super) proxy: TcpListener,
    /// For operators over the network.
    pub(super) admin: TcpListener,
    /// For operators on this machine.
    pub(super) socket: UnixListener,
    /// Where the socket is.
    pub(super) socket_path: PathBuf,
}

impl Listeners {
    /// Binds all three, but for those that were handed over; the data folder must be held, since the socket is
    /// in it.
    ///
    /// It is an error if any of them cannot be bound; the words name the setting.
    pub(super) async fn bind(settings: &Settings, given: HandedSockets) -> anyhow::Result<Self> {
        let socket_path = settings.data.dir.join("admin.sock");
        Ok(Self {
            proxy: tcp(given.proxy, settings.listen.proxy, "listen.proxy").await?,
            admin: tcp(given.admin, settings.listen.admin, "listen.admin").await?,
            socket: unix(&socket_path)
                .with_context(|| format!("cannot listen on {}", socket_path.display()))?,
            socket_path,
        })
    }

    /// Returns how clients reach the data plane: as the settings say, or where it is bound.
    ///
    /// A warning is told where links would work on this machine alone.
    pub(super) fn public_url(&self, settings: &Settings) -> anyhow::Result<String> {
        if let Some(url) = &settings.listen.public_url {
            return Ok(url.trim_end_matches('/').to_owned());
        }
        let scheme = scheme(settings.listen.tls.as_ref());
        let address = self.proxy.local_addr()?;
        let url = format!("{scheme}://{}", from_here(address));
        if !address.ip().is_loopback() {
            tracing::warn!(%url, "links in the sandbox's answers work on this machine only; set listen.public_url to how clients reach the gateway");
        }
        Ok(url)
    }
}

/// Returns how URLs of a listener begin.
pub fn scheme(tls: Option<&TlsFiles>) -> &'static str {
    if tls.is_some() { "https" } else { "http" }
}

/// Returns where this machine reaches a listener: what is bound everywhere is on loopback too.
pub fn from_here(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// Takes the socket that was handed over, or binds an address that a setting names.
async fn tcp(
    given: Option<net::TcpListener>,
    address: SocketAddr,
    setting: &str,
) -> anyhow::Result<TcpListener> {
    if let Some(given) = given {
        let address = given.local_addr()?;
        tracing::info!(%address, "the service manager's socket is used in the place of {setting}");
        return TcpListener::from_std(given)
            .context("a socket that was handed over cannot be used");
    }
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; is it in use? set {setting} to another address, or to port 0 for a free one")
    })
}

/// The data folder is held, so a socket that is there belongs to nobody any more.
fn unix(path: &Path) -> io::Result<UnixListener> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    UnixListener::bind(SocketPath::new(path)?.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_all_addresses_is_reached_on_loopback() {
        for (bound, reached) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("192.0.2.7:8080", "192.0.2.7:8080"),
            ("127.0.0.2:1", "127.0.0.2:1"),
        ] {
            assert_eq!(from_here(bound.parse().unwrap()).to_string(), reached);
        }
    }
}
