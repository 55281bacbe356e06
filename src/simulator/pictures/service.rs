//! The pictures over HTTP.

use super::{
    encode::png,
    links::{Dead, Links},
};
use crate::tasks::Tasks;
use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};

/// Answers for pictures; needs no key.
///
/// The link itself is the permission, as at Ideogram.
#[derive(Debug, Clone)]
pub struct Pictures {
    /// Tests links.
    links: Links,
    /// Paints apart from the threads that serve.
    tasks: Tasks,
}

impl Pictures {
    /// Returns what answers for these links.
    pub(crate) fn new(links: Links, tasks: Tasks) -> Self {
        Self { links, tasks }
    }

    /// Answers for the picture at `path` below the link base, as in `/images/….png`.
    ///
    /// Only GET and HEAD are answered. A link that is unknown is answered with 404, a forged one with 403 and
    /// one that has expired with 410.
    pub async fn answer(
        &self,
        method: &Method,
        path: &str,
        query: Option<&str>,
    ) -> Response<Bytes> {
        if method != Method::GET && method != Method::HEAD {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "only GET");
        }
        let recipe = match self.links.follow(path, query) {
            Ok(recipe) => recipe,
            Err(Dead::Unknown) => return plain(StatusCode::NOT_FOUND, "no such picture"),
            Err(Dead::Forged) => return plain(StatusCode::FORBIDDEN, "this link is not signed"),
            Err(Dead::Expired) => return plain(StatusCode::GONE, "this link has expired"),
        };
        match self.tasks.run_blocking(move || png(&recipe)).await {
            Ok(Some(picture)) => {
                let mut response = with_type(StatusCode::OK, "image/png", picture.into());
                let private = HeaderValue::from_static("private, max-age=3600");
                response.headers_mut().insert(header::CACHE_CONTROL, private);
                response
            }
            Ok(None) | Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "not painted"),
        }
    }
}

/// Returns an answer of words.
fn plain(status: StatusCode, text: &'static str) -> Response<Bytes> {
    with_type(status, "text/plain; charset=utf-8", Bytes::from_static(text.as_bytes()))
}

/// Returns an answer of some kind.
fn with_type(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
