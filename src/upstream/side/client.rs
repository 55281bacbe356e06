//! The client without a key.

use super::answer::{SideAnswer, max_age};
use crate::upstream::{OriginError, origin::UpstreamOrigin, tls};
use bytes::BytesMut;
use http::{StatusCode, Uri};
use std::{fmt, time::Duration};

/// How long a document or a message may take, from connecting to the last byte of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A public document could not be read. No such error tells the URL.
#[derive(Debug, thiserror::Error)]
pub enum SideError {
    /// The base URL is not an origin.
    #[error("the base URL cannot be used")]
    Origin(#[source] OriginError),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The client cannot be made.
    #[error("the client cannot be made")]
    Client(#[source] reqwest::Error),
    /// Nothing could be sent, or no whole answer came.
    #[error("the document did not come")]
    Broken(#[source] reqwest::Error),
    /// Another status than 200 came; redirects are not followed.
    #[error("the origin answered {0}")]
    Status(StatusCode),
    /// The document is larger than this.
    #[error("the document is larger than {0} bytes")]
    TooLarge(usize),
}

/// Reads public documents of one origin. It has no key, no cookies, no proxy, and follows nothing.
/// Clones share its settings. Each document comes on a connection of its own.
#[derive(Clone)]
pub struct SideClient {
    http: reqwest::Client,
    origin: Box<str>,
}

impl SideClient {
    /// Prepares a client for an origin that an account may have; connects to nothing yet. It trusts
    /// the public authorities alone, whatever an account trusts beside them.
    pub fn new(base_url: &Uri) -> Result<Self, SideError> {
        // For its refusals alone. Plain HTTP is for loopback here too: what is read decides which
        // webhooks are believed.
        UpstreamOrigin::parse(base_url).map_err(SideError::Origin)?;
        let http = without_key()?;
        let origin = base_url.to_string().trim_end_matches('/').into();
        Ok(Self { http, origin })
    }

    /// Reads the document at `path`, of at most `most` bytes. `path` begins with a slash. No more
    /// than `most` bytes are ever kept, whatever the length that was announced. Dropping the future
    /// closes the connection.
    pub async fn get(&self, path: &str, most: usize) -> Result<SideAnswer, SideError> {
        let request = self.http.get(format!("{}{path}", self.origin));
        let mut response = request.send().await.map_err(broken)?;
        if response.status() != StatusCode::OK {
            return Err(SideError::Status(response.status()));
        }
        let max_age = max_age(response.headers());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            // Counted as it comes: a length that was announced need not be true, or there.
            if body.len() + chunk.len() > most {
                return Err(SideError::TooLarge(most));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(SideAnswer { body: body.freeze(), max_age })
    }
}

/// Returns a client that has no key, no cookies, no proxy, follows nothing, and trusts the public authorities
/// alone.
pub(super) fn without_key() -> Result<reqwest::Client, SideError> {
    let tls = tls::config(&[]).map_err(SideError::Tls)?;
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        // Whoever could redirect a document would name the keys that webhooks are believed by, and whoever
        // could redirect a message would choose where this machine connects to.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // The library would take a proxy from the environment, which nobody but the settings may read.
        .no_proxy()
        // Once in a while; a connection that waits for the next time is dead by then.
        .pool_max_idle_per_host(0)
        .timeout(TIMEOUT)
        .user_agent(concat!("ideogate/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| SideError::Client(error.without_url()))
}

pub(super) fn broken(error: reqwest::Error) -> SideError {
    SideError::Broken(error.without_url())
}

impl fmt::Debug for SideClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SideClient").field(&self.origin).finish()
    }
}
