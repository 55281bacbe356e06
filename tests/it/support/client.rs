//! A client as apps have it: a base URL and a key.

use super::{Reply, sweep};
use ideogate::domain::TokenId;
use reqwest::{RequestBuilder, multipart::Form};
use serde_json::Value;
use std::time::Duration;

/// After so long an answer does not come any more: a test that waits for it fails.
const LONGEST: Duration = Duration::from_mins(5);

/// A client with a token.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    base: String,
    pub(crate) token: String,
    pub(crate) id: Option<TokenId>,
    http: reqwest::Client,
}

impl Client {
    /// Returns a client of the gateway at `base`.
    pub(crate) fn new(base: String, token: &str) -> Self {
        // A second test finds it installed already.
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
        sweep::met_in_output(token.as_bytes());
        let http = reqwest::Client::builder().timeout(LONGEST).build().unwrap();
        Self { base, token: token.to_owned(), id: None, http }
    }

    /// Remembers which token it has.
    pub(crate) fn of(mut self, id: TokenId) -> Self {
        self.id = Some(id);
        self
    }

    /// Returns the same client of a gateway elsewhere.
    pub(crate) fn at(mut self, base: String) -> Self {
        self.base = base;
        self
    }

    /// Returns the same client over another way of connecting.
    pub(crate) fn over(mut self, http: reqwest::Client) -> Self {
        self.http = http;
        self
    }

    /// Returns the id of its token.
    pub(crate) fn id(&self) -> &TokenId {
        self.id.as_ref().unwrap()
    }

    /// Starts a request with the token in `Api-Key`.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.bare(method, path).header("Api-Key", &self.token)
    }

    /// Starts a request without any credential.
    pub(crate) fn bare(&self, method: &str, path: &str) -> RequestBuilder {
        self.http.request(method.parse().unwrap(), format!("{}{path}", self.base))
    }

    /// Sends a request and reads its whole answer.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        let request = request.build().unwrap();
        let body = request.body().and_then(reqwest::Body::as_bytes);
        sweep::met_in_request(request.headers(), body.unwrap_or_default());
        Reply::of(self.http.execute(request).await.unwrap()).await
    }

    /// Posts JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request("POST", path).json(body)).await
    }

    /// Posts a text as JSON, as it is.
    pub(crate) async fn post_text(&self, path: &str, body: &str) -> Reply {
        let request = self.request("POST", path).header("content-type", "application/json");
        self.send(request.body(body.to_owned())).await
    }

    /// Posts a form.
    pub(crate) async fn post_form(&self, path: &str, form: Form) -> Reply {
        self.send(self.request("POST", path).multipart(form)).await
    }

    /// Gets a path.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path)).await
    }
}
