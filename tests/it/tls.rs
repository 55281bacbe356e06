//! TLS at both listeners: what is served, what is refused, and how certificates are exchanged.

mod at_once;
mod calls;
mod exchanged;
mod operators;
mod pairs;
mod sandbox;
mod served;
mod tools;

use crate::support::{Authority, Client, Home, Issued, TestApp, TestSettings};
use rustls::{ClientConfig, pki_types::ServerName};
use std::{fs, io, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

const GENERATE: &str = "/v1/ideogram-v3/generate";
const NAMES: &[&str] = &["localhost", "127.0.0.1", "gateway.example.com"];

/// A gateway whose listeners speak TLS.
struct Secured {
    app: TestApp,
    authority: Authority,
    folder: TempDir,
}

impl Secured {
    async fn spawn() -> Self {
        Self::with("").await
    }

    async fn with(toml: &str) -> Self {
        let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
        authority.issue(NAMES).write(folder.path());
        let toml = format!("{}{toml}", listen(folder.path()));
        let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
        Self { app, authority, folder }
    }

    /// Returns a client with a token that trusts the authority and no other.
    async fn client(&self) -> Client {
        self.client_as(self.authority.trusted()).await
    }

    async fn client_as(&self, config: ClientConfig) -> Client {
        let client = self.app.client().await;
        client.at(format!("https://{}", self.app.running.proxy())).over(http(config))
    }

    /// Connects to the data plane.
    async fn connect(&self) -> TlsStream<TcpStream> {
        connect(self.app.running.proxy(), self.authority.trusted()).await.unwrap()
    }

    /// Returns the certificate that new connections get.
    async fn shown(&self) -> Vec<u8> {
        certificate(&self.connect().await)
    }

    /// Exchanges both files.
    fn exchange(&self, issued: &Issued) {
        issued.write(self.folder.path());
    }
}

/// Returns settings that name a certificate and key in this folder.
fn listen(folder: &Path) -> String {
    let folder = folder.display();
    format!("listen.tls_cert = \"{folder}/tls.crt\"\nlisten.tls_key = \"{folder}/tls.key\"\n")
}

fn http(config: ClientConfig) -> reqwest::Client {
    reqwest::Client::builder().tls_backend_preconfigured(config).build().unwrap()
}

async fn connect(address: SocketAddr, config: ClientConfig) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Returns the certificate of the other side.
fn certificate(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

/// Reads until the other side ends.
async fn rest(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut text = Vec::new();
    let reading = stream.read_to_end(&mut text);
    timeout(Duration::from_secs(20), reading).await.unwrap().unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

/// Returns a home whose settings name a certificate in it, and the authority that vouches for it.
async fn secured_home() -> (Home, Authority) {
    let (home, authority) = (Home::new().await, Authority::new());
    authority.issue(NAMES).write(home.path());
    fs::write(home.path().join("ca.crt"), authority.pem()).unwrap();
    home.change(&listen(home.path()));
    (home, authority)
}
