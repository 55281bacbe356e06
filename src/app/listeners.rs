//! The three places to connect to, bound before anything else starts.

use crate::config::Settings;
use anyhow::Context;
use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use tokio::net::{TcpListener, UnixListener};

/// Listeners that nobody is served on yet.
#[derive(Debug)]
pub(super) struct Listeners {
    pub(super) proxy: TcpListener,
    pub(super) admin: TcpListener,
    pub(super) socket: UnixListener,
    pub(super) socket_path: PathBuf,
}

impl Listeners {
    /// Binds all three; the data folder must be held, since the socket is in it.
    pub(super) async fn bind(settings: &Settings) -> anyhow::Result<Self> {
        let socket_path = settings.data.dir.join("admin.sock");
        Ok(Self {
            proxy: tcp(settings.listen.proxy, "listen.proxy").await?,
            admin: tcp(settings.listen.admin, "listen.admin").await?,
            socket: unix(&socket_path)
                .with_context(|| format!("cannot listen on {}", socket_path.display()))?,
            socket_path,
        })
    }

    /// Returns how clients reach the data plane: as the settings say, or where it is bound.
    pub(super) fn public_url(&self, settings: &Settings) -> anyhow::Result<String> {
        match &settings.listen.public_url {
            Some(url) => Ok(url.trim_end_matches('/').to_owned()),
            None => Ok(format!("http://{}", self.proxy.local_addr()?)),
        }
    }
}

async fn tcp(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
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
    UnixListener::bind(path)
}
