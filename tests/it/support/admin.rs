//! An operator who comes over the network.

use super::{Reply, TestApp, reply::has_null};
use ideogate::{
    domain::{Operator, OperatorId, Principal},
    operators::NewOperator,
};
use reqwest::RequestBuilder;
use serde_json::Value;

/// An operator with a token, at the admin listener.
#[derive(Debug, Clone)]
pub(crate) struct Admin {
    base: String,
    pub(crate) token: String,
    pub(crate) id: OperatorId,
    http: reqwest::Client,
}

impl TestApp {
    /// Returns an operator who was just made.
    pub(crate) async fn made_operator(&self, name: &str, role: &str) -> Admin {
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
        let new = NewOperator { name: name.into(), role: role.into(), expires_in: None };
        let made = self.running.operators().create(new, &Principal::LocalUser(0)).await;
        let (plain, operator) = made.unwrap();
        let Operator { id, .. } = (*operator).clone();
        let token = plain.reveal().to_owned();
        Admin { base: self.admin_url(), token, id, http: reqwest::Client::new() }
    }

    /// Returns whoever may open the socket, with an id that nobody has.
    pub(crate) fn local_admin(&self) -> Admin {
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
        let http = reqwest::Client::builder().unix_socket(self.running.socket()).build().unwrap();
        let (base, id) = ("http://localhost".to_owned(), OperatorId::random());
        Admin { base, token: String::new(), id, http }
    }

    /// Returns where the admin listener is.
    pub(crate) fn admin_url(&self) -> String {
        format!("http://{}", self.running.admin())
    }
}

impl Admin {
    /// Returns the same operator with another token.
    pub(crate) fn with(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Returns the same operator at a gateway elsewhere.
    pub(crate) fn at(&self, base: String) -> Self {
        Self { base, ..self.clone() }
    }

    /// Starts a request without a token.
    pub(crate) fn bare(&self, method: &str, path: &str) -> RequestBuilder {
        self.http.request(method.parse().unwrap(), format!("{}{path}", self.base))
    }

    /// Starts a request with the token.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.token)
    }

    /// Gets a path.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request("GET", path).send().await.unwrap()).await
    }

    /// Posts JSON, or nothing.
    pub(crate) async fn post(&self, path: &str, body: Option<&Value>) -> Reply {
        let request = self.request("POST", path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        Reply::of(request.send().await.unwrap()).await
    }
}

impl Reply {
    /// Returns `status code` of a problem of the control plane.
    pub(crate) fn admin_problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        let json = self.json();
        assert_eq!(json["status"], self.status, "{json}");
        assert!(!has_null(&json), "{json}");
        format!("{} {}", self.status, json["code"].as_str().unwrap())
    }
}
