//! What is said to Ideogram: built from nothing, never filtered from what came in.

use super::{KeyVersion, Reuse, outcome::NotSent, request_body::RequestBody};
use crate::spool::Spool;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::{
        ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT,
    },
    uri::PathAndQuery,
};
use http_body_util::{Either, Empty};

/// The header that carries the key. Ideogram's description of its API calls it `Api-Key`; names of
/// headers have no case.
pub(super) const API_KEY: HeaderName = HeaderName::from_static("api-key");

const OUR_NAME: HeaderValue =
    HeaderValue::from_static(concat!("ideogate/", env!("CARGO_PKG_VERSION")));

/// A call as it goes to Ideogram. Whatever a client sent and this does not name is not sent on.
#[derive(Debug, Clone)]
pub struct UpstreamRequest {
    /// Which connection it may go out on.
    pub reuse: Reuse,
    /// The method, from the route table.
    pub method: Method,
    /// Path and query as inspection rebuilt them. It goes out byte for byte or not at all.
    pub path_and_query: String,
    /// `Content-Type` as the client gave it.
    pub content_type: Option<HeaderValue>,
    /// `Accept` as the client gave it.
    pub accept: Option<HeaderValue>,
    /// `Accept-Language` as the client gave it.
    pub accept_language: Option<HeaderValue>,
    /// The body, byte for byte. An empty one is none.
    pub body: Option<Spool>,
}

impl UpstreamRequest {
    /// Returns a read without a body.
    pub(super) fn get(path_and_query: &str) -> Self {
        Self {
            reuse: Reuse::Allowed,
            method: Method::GET,
            path_and_query: path_and_query.to_owned(),
            content_type: None,
            accept: Some(HeaderValue::from_static("application/json")),
            accept_language: None,
            body: None,
        }
    }

    /// Returns the request as hyper sends it. Its length frames the body, never chunks. The key is
    /// not in it: stars stand in its place until the bytes leave.
    pub(super) fn build(self, key: &KeyVersion) -> Result<Request<RequestBody>, NotSent> {
        let target = target(&self.path_and_query)?;
        let body = self.body.filter(|body| !body.is_empty());
        let mut headers = HeaderMap::with_capacity(8);
        // By hand: a single connection of hyper adds no `Host`.
        headers.insert(HOST, key.host());
        headers.insert(USER_AGENT, OUR_NAME);
        // In a compressed answer the key could not be found.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let given = [
            (CONTENT_TYPE, self.content_type),
            (ACCEPT, self.accept),
            (ACCEPT_LANGUAGE, self.accept_language),
        ];
        for (name, value) in given {
            value.map(|value| headers.insert(name, value));
        }
        let length = body.as_ref().map_or(0, Spool::len);
        // Zero too where a body could be: some servers answer a POST without a length with 411.
        if length > 0 || !matches!(self.method, Method::GET | Method::HEAD) {
            headers.insert(CONTENT_LENGTH, length.into());
        }
        // What writes the request puts the key in its place.
        headers.insert(API_KEY, key.credential.stand_in());

        let body = body.map_or(Either::Right(Empty::new()), |body| Either::Left(body.body()));
        let mut request = Request::new(body);
        *request.method_mut() = self.method;
        *request.uri_mut() = target;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

/// Returns the request target in origin form, provided that it goes out exactly as it was given. It
/// must begin with a slash and be visible ASCII, as RFC 9112 has it in section 3.2.1.
fn target(path_and_query: &str) -> Result<Uri, NotSent> {
    let clean = path_and_query.starts_with('/')
        && path_and_query.bytes().all(|byte| byte.is_ascii_graphic());
    match path_and_query.parse::<PathAndQuery>() {
        // Compared although it was parsed: the parser drops a fragment, and what goes out must be
        // what was inspected.
        Ok(parsed) if clean && parsed.as_str() == path_and_query => Ok(Uri::from(parsed)),
        _ => Err(NotSent::Target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_goes_out_as_given_or_not_at_all() {
        for good in ["/generate", "/v1/x?a=b%20c&d", "//twice/", "/a%2fb"] {
            assert_eq!(target(good).unwrap().to_string(), good);
        }
        for bad in
            ["", "*", "generate", "/a b", "/a#b", "/a\r\nX: y", "/\u{e9}", "http://evil.test/"]
        {
            assert!(matches!(target(bad), Err(NotSent::Target)), "{bad}");
        }
    }
}
