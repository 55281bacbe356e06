//! A connection that ends without an answer.

/// The connection ends without an answer.
///
/// Hyper closes the connection then; how, the wire has been told.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// The client went away while its request was read.
    #[error("the request did not come to its end")]
    Request(#[source] hyper::Error),
    /// A script says so.
    #[error("broken on command")]
    Command,
}
