//! An answer, read to its end.

use super::sweep::{self, Sink};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_own = is_own(response.url().path());
        let reply = Self { status, headers, body: response.bytes().await.unwrap() };
        reply.heard(is_own)
    }

    /// Keeps an answer to be searched for secrets; `is_own` says that only the gateway can have made it.
    pub(crate) fn heard(self, is_own: bool) -> Self {
        let is_refusal =
            self.headers.get("ideogate-error-source").is_some_and(|source| source == "gateway");
        let sink = if is_own || is_refusal { Sink::Own } else { Sink::Passed };
        for (name, value) in &self.headers {
            sweep::hear(sink, &[name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
        }
        sweep::hear(sink, &self.body);
        if sink == Sink::Passed {
            sweep::met_in_answer(&self.body);
        }
        self
    }

    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    /// Returns `status code` of an answer that the gateway made itself, after checking its shape.
    pub(crate) fn problem(&self) -> String {
        let json = self.json();
        assert_eq!(self.header("ideogate-error-source"), Some("gateway"), "{json}");
        assert_eq!(json["status"], self.status, "{json}");
        assert_eq!(json["source"], "gateway", "{json}");
        assert_eq!(json["request_id"].as_str(), self.header("ideogate-request-id"), "{json}");
        assert!(!has_null(&json), "{json}");
        for field in ["error", "message", "doc"] {
            assert!(json[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {json}");
        }
        format!("{} {}", self.status, json["code"].as_str().unwrap())
    }

    /// Returns a header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Says whether there is a null anywhere, which ends the process of some generated clients.
pub(super) fn has_null(json: &Value) -> bool {
    match json {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

/// Says whether a path is one of the gateway's own, below which nothing of Ideogram's is passed on.
fn is_own(path: &str) -> bool {
    let is_passed = ["/_ideogate/images", "/_ideogate/simulator"];
    path.starts_with("/_ideogate/") && !is_passed.iter().any(|start| path.starts_with(start))
}
