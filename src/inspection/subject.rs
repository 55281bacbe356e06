//! What is inspected.

use crate::{
    domain::{Route, TokenId},
    spool::Spool,
};
use http::HeaderMap;

/// What is inspected.
///
/// It lends everything: inspection keeps nothing of it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// The route the request is for.
    pub route: &'s Route,
    /// The path, parameters and all; two paths of one route are two different requests.
    pub path: &'s str,
    /// The token that asks.
    pub token: &'s TokenId,
    /// The query as it came, without the question mark.
    pub query: Option<&'s str>,
    /// The request's header fields.
    pub headers: &'s HeaderMap,
    /// The whole body; empty when there is none.
    pub body: &'s Spool,
}
