//! One request to a stranger's address.

use crate::tasks::Tasks;
use bytes::Bytes;
use http::{
    Method, Request, Uri,
    header::{CONTENT_TYPE, HOST, USER_AGENT},
};
use http_body_util::Full;
use hyper::{client::conn::http1, rt};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName};
use std::{error::Error, sync::Arc, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

/// How long one try may take.
/// It covers connecting, sending and the head of the answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a try failed; it is only logged.
type SendFailure = Box<dyn Error + Send + Sync>;

/// Posts `body` and returns the status; `None` when no answer came.
///
/// A redirect is not followed, and is no acceptance.
pub(super) async fn post(
    tasks: &Tasks,
    address: &str,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
) -> Option<u16> {
    match timeout(PATIENCE, try_post(tasks, address, headers, body)).await {
        Ok(Ok(status)) => Some(status),
        Ok(Err(error)) => {
            tracing::debug!(error, "a simulated webhook was not delivered");
            None
        }
        Err(_) => None,
    }
}

/// Connects, speaks TLS where the address says https, and sends.
async fn try_post(
    tasks: &Tasks,
    address: &str,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
) -> Result<u16, SendFailure> {
    let uri: Uri = address.parse()?;
    let authority = uri.authority().ok_or("no host")?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    let is_tls = uri.scheme_str() == Some("https");
    let port = authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let stream = TcpStream::connect((host.as_str(), port)).await?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(HOST, authority.as_str())
        .header(USER_AGENT, "ideogram-simulator")
        .header(CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(body))?;
    if is_tls {
        let stream = connector()?.connect(ServerName::try_from(host)?, stream).await?;
        ask(tasks, TokioIo::new(stream), request).await
    } else {
        ask(tasks, TokioIo::new(stream), request).await
    }
}

/// Sends a request and returns the status; the answer's body is not read.
async fn ask(
    tasks: &Tasks,
    io: impl rt::Read + rt::Write + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<u16, SendFailure> {
    let (mut sender, connection) = http1::handshake(io).await?;
    tasks
        .spawn_background("simulated webhook", async move { connection.await.unwrap_or_default() });
    Ok(sender.send_request(request).await?.status().as_u16())
}

/// Returns what speaks TLS. Only public authorities are trusted, not those of this machine.
fn connector() -> Result<TlsConnector, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
