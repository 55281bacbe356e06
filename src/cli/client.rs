//! A client of the admin API, over its socket or a URL.
//!
//! Redirects are not followed, no proxy of the environment is used, and nothing is tried again by itself:
//! what changes something must not happen twice.

use super::{endpoint::AdminEndpoint, error::CliError, trust::Trust};
use crate::{
    admin::Problem,
    domain::{certificate_words, tls_words},
    web::SocketPath,
};
use anyhow::Context;
use http::HeaderMap;
use reqwest::{ClientBuilder, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use std::{error::Error, io, iter, time::Duration};

/// Returns a plain HTTP client, as apps have it.
///
/// It shows no operator token.
pub(super) fn plain(trust: &Trust) -> anyhow::Result<reqwest::Client> {
    builder(trust)?.build().context("cannot make a client")
}

/// Connecting may take five seconds.
fn builder(trust: &Trust) -> anyhow::Result<ClientBuilder> {
    Ok(reqwest::Client::builder()
        // Always given whole: reqwest brings no provider here, and panics where it has to set TLS up itself.
        .tls_backend_preconfigured(trust.config()?)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        // A proxy of the environment is meant for the web; a gateway is reached without it.
        .no_proxy()
        // None for the whole: a watch of the record has no end, and an export takes as long as its line is slow.
        .connect_timeout(Duration::from_secs(5))
        .user_agent(concat!("ideogate/", env!("CARGO_PKG_VERSION"))))
}

/// Asks a gateway.
///
/// Every answer must bear the mark of a gateway, so that nobody else is taken for one.
#[derive(Debug)]
pub(super) struct AdminClient {
    /// Sends.
    http: reqwest::Client,
    /// What every URL begins with.
    base: String,
    /// Where the gateway is, for people.
    at: String,
    /// Keeps the way to the socket open, where it is one.
    socket: Option<SocketPath>,
}

impl AdminClient {
    /// Returns a client for a gateway at that place; nothing is sent yet.
    pub(super) fn new(place: AdminEndpoint, trust: &Trust) -> anyhow::Result<Self> {
        Self::with(place, trust, HeaderMap::new())
    }

    /// Returns a client that shows these headers with everything it asks.
    ///
    /// It is an error if a socket's path cannot be used, or TLS cannot be set up.
    pub(super) fn with(
        place: AdminEndpoint,
        trust: &Trust,
        shown: HeaderMap,
    ) -> anyhow::Result<Self> {
        let builder = builder(trust)?.default_headers(shown);
        let mut socket = None;
        let (builder, base, at) = match place {
            AdminEndpoint::Url(url) => (builder, url.clone(), url),
            AdminEndpoint::Socket(path) => {
                let at = path.display().to_string();
                let unreachable = |error: io::Error| CliError::Unreachable {
                    at: at.clone(),
                    said: error.to_string(),
                };
                let short = SocketPath::new(&path).map_err(unreachable)?;
                let builder = builder.unix_socket(short.path().to_owned());
                socket = Some(short);
                // Only for the `Host` of a request: nothing looks the name up.
                (builder, "http://localhost".to_owned(), at)
            }
        };
        let http = builder.build().context("cannot make a client")?;
        Ok(Self { http, base, at, socket })
    }

    /// Returns where the gateway is, for people.
    pub(super) fn at(&self) -> &str {
        &self.at
    }

    /// Says whether the gateway is on this machine for sure, since it answers at a socket.
    ///
    /// A URL of loopback is not sure: it may be a tunnel to elsewhere.
    pub(super) fn is_local(&self) -> bool {
        self.socket.is_some()
    }

    /// Gets a value.
    ///
    /// It is an error if nobody answers, if somebody refuses, or if the answer is of another shape.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.read(self.send(self.http.get(self.url(path))).await?).await
    }

    /// Gets the value that a query asks for.
    ///
    /// The query is encoded from its fields; those that are absent are left out.
    pub(super) async fn search<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &(impl Serialize + Sync),
    ) -> anyhow::Result<T> {
        self.read(self.open(path, query).await?).await
    }

    /// Gets a text.
    ///
    /// It is taken as it comes.
    pub(super) async fn text(&self, path: &str) -> anyhow::Result<String> {
        let text = self.send(self.http.get(self.url(path))).await?.text().await;
        let text = text.map_err(reqwest::Error::without_url);
        text.with_context(|| format!("{} broke off its answer", self.at))
    }

    /// Posts nothing, and returns the value that comes back.
    ///
    /// It is sent once. Where the answer is lost, whether it was done is not known here.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.read(self.send(self.http.post(self.url(path))).await?).await
    }

    /// Posts a value, and returns the one that comes back.
    ///
    /// It is sent once, too.
    pub(super) async fn post_json<T: DeserializeOwned>(
        &self,
        path: &str,
        value: &(impl Serialize + Sync),
    ) -> anyhow::Result<T> {
        self.read(self.send(self.http.post(self.url(path)).json(value)).await?).await
    }

    /// Gets an answer to be read piece by piece.
    ///
    /// The mark of a gateway was seen by then; what follows may still break off.
    pub(super) async fn open(
        &self,
        path: &str,
        query: &(impl Serialize + Sync),
    ) -> anyhow::Result<Response> {
        self.send(self.http.get(self.url(path)).query(query)).await
    }

    /// Posts a value, and returns the answer to be read piece by piece.
    ///
    /// It is sent once, too; what follows the head may break off.
    pub(super) async fn post_open(
        &self,
        path: &str,
        value: &(impl Serialize + Sync),
    ) -> anyhow::Result<Response> {
        self.send(self.http.post(self.url(path)).json(value)).await
    }

    /// Tells why an answer broke off, which the connection does not say: whoever may not read on is told
    /// so when they ask again.
    ///
    /// It asks once more who is asking. A gateway that is there and lets them in leaves the cause open.
    pub(super) async fn broke_off(&self, error: reqwest::Error, what: &str) -> anyhow::Error {
        let broken = format!("{} broke off {what}", self.at);
        match self.open("/api/v1/operators/me", &()).await {
            Err(refused) if refused.is::<CliError>() => refused.context(broken),
            Err(_) => anyhow::Error::new(error.without_url()).context(broken),
            Ok(_) => anyhow::anyhow!("{broken}; the gateway is there: start again"),
        }
    }

    /// Asks whether something is well, whatever the words of the answer are.
    ///
    /// For `/healthz` and `/readyz`, whose answers need no mark.
    pub(super) async fn ask(&self, path: &str) -> anyhow::Result<()> {
        let request = self.http.get(self.url(path)).send().await;
        let response = request.map_err(|error| self.fault(error.without_url()))?;
        let status = response.status();
        let words = response.text().await.unwrap_or_default();
        anyhow::ensure!(status.is_success(), "{} answered {status}: {words}", self.at);
        Ok(())
    }

    /// Returns the URL of a path.
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Sends, and turns every answer that is no success into an error.
    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        // Without the URL, which at a socket names `localhost`, where nobody asked; `at` tells enough.
        let response = request.send().await.map_err(|error| self.fault(error.without_url()))?;
        if response.status().is_success() {
            let stranger = || CliError::NoGateway { at: self.at.clone() };
            return is_gateway(&response).then_some(response).ok_or_else(|| stranger().into());
        }
        let status = response.status();
        let text = response.text().await.unwrap_or_default();
        match serde_json::from_str::<Problem>(&text) {
            Ok(problem) => Err(CliError::Refused(Box::new(problem)).into()),
            Err(_) => match said_plainly(&text) {
                Some(message) => anyhow::bail!("{} answered {status}: {message}", self.at),
                None => Err(CliError::NoGateway { at: self.at.clone() }.into()),
            },
        }
    }

    /// Reads a value; one of another shape comes from no gateway of this version.
    async fn read<T: DeserializeOwned>(&self, response: Response) -> anyhow::Result<T> {
        let text = response.bytes().await.map_err(reqwest::Error::without_url);
        let text = text.with_context(|| format!("{} broke off its answer", self.at))?;
        serde_json::from_slice(&text)
            .map_err(|_| CliError::NoGateway { at: self.at.clone() }.into())
    }

    /// Returns what went wrong with a connection, in the words that scripts tell apart.
    fn fault(&self, error: reqwest::Error) -> anyhow::Error {
        let at = self.at.clone();
        if is_forbidden(&error) {
            return CliError::Forbidden { at }.into();
        }
        if let Some(said) = distrust(&error) {
            return CliError::Untrusted { at, said }.into();
        }
        if error.is_connect() {
            return CliError::Unreachable { at, said: last_cause(&error) }.into();
        }
        anyhow::Error::new(error).context(format!("{at} broke off its answer"))
    }
}

/// Says whether an answer bears what every answer of a gateway does. Without it an empty list of somebody else
/// would be taken for the gateway's.
pub(super) fn is_gateway(response: &Response) -> bool {
    response.headers().contains_key("ideogate-request-id")
}

/// Returns the words of an answer that the listener made before anything else could, as to plain
/// HTTP where it speaks TLS.
///
/// It is JSON with a `message`, in no shape that the control plane has.
fn said_plainly(text: &str) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(answer["message"].as_str()?.to_owned())
}

/// Returns what lies under an error, without the layers in between.
///
/// What TLS says is put into words of its own; of all else the innermost cause is taken.
pub(super) fn last_cause(error: &reqwest::Error) -> String {
    if let Some(error) = causes(error).find_map(|error| error.downcast_ref()) {
        return tls_words(error);
    }
    let mut last: &dyn Error = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

/// Says whether the socket is there and may not be opened.
fn is_forbidden(error: &reqwest::Error) -> bool {
    causes(error).any(|error| {
        let said = error.downcast_ref::<io::Error>();
        said.is_some_and(|said| said.kind() == io::ErrorKind::PermissionDenied)
    })
}

/// Returns why the certificate of the other side is not believed, if that is what went wrong.
///
/// Such a gateway may be the right one: its authority is just not known here.
pub(super) fn distrust(error: &reqwest::Error) -> Option<String> {
    causes(error).find_map(|error| match error.downcast_ref()? {
        rustls::Error::InvalidCertificate(why) => Some(certificate_words(why)),
        _ => None,
    })
}

/// Returns the causes of an error, from the outside in.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(error.source(), |error| below(*error))
}

/// Returns the cause of an error. What an I/O error carries it leaves out of the chain itself.
fn below<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(carried) => Some(carried),
        None => error.source(),
    }
}
