//! A request at the door.

use super::{abbreviate, client_address::ClientAddress, listener::Peer};
use crate::domain::{Client, RequestId, SecretKind};
use http::{HeaderMap, Request};
use ipnet::IpNet;
use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr},
};
use tokio::time::Instant;
use tracing::{Span, field::Empty};

/// The longest part of a path that is logged.
const LOGGED_PATH: usize = 128;

/// What is known of a request before anyone looks at what it asks for.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    /// Names the request; always ours, whatever the client sent.
    pub id: RequestId,
    /// Who is at the other end of the connection.
    pub peer: Peer,
    /// Tells whether the client is still there.
    pub connection: Client,
    /// Where the client is, behind trusted proxies; loopback for a local process.
    pub client: ClientAddress,
    /// When the request's header was complete.
    pub started: Instant,
}

impl RequestInfo {
    /// Begins a visit.
    pub(super) fn begin(
        peer: Peer,
        connection: &Client,
        headers: &HeaderMap,
        trusted: &[IpNet],
    ) -> Self {
        let client = match peer.ip() {
            Some(ip) => ClientAddress::find(ip, headers, trusted),
            None => ClientAddress::from(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        };
        let connection = Client::clone(connection);
        Self { id: RequestId::random(), peer, connection, client, started: Instant::now() }
    }

    /// Returns the request's one span. What is known later only is recorded by whoever learns it.
    pub(super) fn span<B>(&self, request: &Request<B>) -> Span {
        tracing::info_span!(
            "request",
            request.id = %self.id,
            client.address = %self.client,
            method = %request.method(),
            path = &*logged_path(request.uri().path()),
            route = Empty,
            token.id = Empty,
            environment = Empty,
            call.id = Empty,
        )
    }
}

/// A token that someone put into a path by mistake stays out of the log.
fn logged_path(path: &str) -> Cow<'_, str> {
    let is_in = |kind: &SecretKind| path.contains(kind.prefix());
    if SecretKind::ALL.iter().any(is_in) {
        return "(not shown)".into();
    }
    match abbreviate(path) {
        Cow::Borrowed(path) => path.get(..LOGGED_PATH).unwrap_or(path).into(),
        Cow::Owned(mut path) => {
            path.truncate(path.floor_char_boundary(LOGGED_PATH));
            path.into()
        }
    }
}

/// Says whether a path is asked for by machines that look after the gateway, all the time.
pub(super) fn is_health_check(path: &str) -> bool {
    is_probe(path) || matches!(path, "/health" | "/metrics")
}

/// Says whether a balancer asks at this path how the gateway is. Nothing but that is told there.
pub fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_path_is_not_logged() {
        assert_eq!(logged_path("/v1/idg_dev_abc"), "(not shown)");
        assert_eq!(logged_path("/api/v1/operators/ido_abc"), "(not shown)");
        assert_eq!(logged_path("/generate"), "/generate");
        let other = format!("/v1/%69dg_dev_{}", "x".repeat(49));
        assert_eq!(logged_path(&other), "/v1/(59 characters)");
        assert_eq!(logged_path(&"/a".repeat(1000)).len(), LOGGED_PATH);
    }
}
