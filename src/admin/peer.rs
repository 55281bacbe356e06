//! Who is at the other end, and whether they may operate the gateway.

use super::problem::Problem;
use crate::domain::Principal;
use axum::{
    extract::{FromRequestParts, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::request::Parts;
use std::net::SocketAddr;

/// The other end of a connection to the control plane; the listener puts it into each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A local process that could open the socket, which makes its user an operator.
    Unix {
        /// The user's id.
        uid: u32,
    },
    /// Anybody who can reach the TCP listener.
    Tcp {
        /// Where they connected from.
        addr: SocketAddr,
    },
}

impl Peer {
    /// Returns who acts, if the connection alone says it.
    pub(super) fn principal(self) -> Option<Principal> {
        match self {
            Self::Unix { uid } => Some(Principal::LocalUser(uid)),
            Self::Tcp { .. } => None,
        }
    }
}

/// The operator who makes a request.
#[derive(Debug, Clone)]
pub(super) struct Caller(pub(super) Principal);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<Peer>().copied();
        peer.and_then(Peer::principal).map(Self).ok_or_else(Problem::operators_missing)
    }
}

/// What anybody may ask who can reach the TCP listener.
const OPEN: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Refuses everybody who is no operator, whatever the path, so that nothing can be learned from
/// the refusal. A request without a peer is a fault of the wiring and is refused too.
pub(super) async fn operators_only(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let operates = peer.and_then(Peer::principal).is_some();
    if operates || OPEN.contains(&request.uri().path()) {
        next.run(request).await
    } else {
        Problem::operators_missing().into_response()
    }
}
