//! The seam to the network.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Uri;
use std::fmt;

/// The headers of a message, beside those that every request has.
pub type PostHeaders = Vec<(&'static str, String)>;

/// A message did not arrive, or nobody can say. It tells no part of the address.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PostError(pub Box<str>);

/// Posts a message to an address.
pub trait Post: fmt::Debug + Send + Sync {
    /// Posts once, and returns the status of the answer. It follows no redirect and ends by itself, however
    /// long the receiver takes.
    fn post(
        &self,
        target: &Uri,
        headers: PostHeaders,
        body: Bytes,
    ) -> BoxFuture<'static, Result<u16, PostError>>;
}
