//! The host names that the TCP listener answers to.

use super::{peer::AdminPeer, problem::Problem};
use crate::web::is_probe;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Uri, header::HOST, uri::Authority};
use std::{net::IpAddr, sync::Arc};

/// Refuses requests for a host that is not ours: a web page whose name was pointed at this address
/// must not reach the control plane through an operator's browser. The socket has no host, nor have
/// balancers that ask how the gateway is; browsers always name one.
pub(super) async fn known_host(
    State(hosts): State<Arc<[Box<str>]>>,
    request: Request,
    next: Next,
) -> Response {
    let on_socket = matches!(request.extensions().get(), Some(AdminPeer::Unix { .. }));
    let is_probe = is_probe(request.uri().path()) && is_nameless(request.uri(), request.headers());
    if on_socket || is_probe || is_known(request.uri(), request.headers(), &hosts) {
        next.run(request).await
    } else {
        Problem::host_unknown().into_response()
    }
}

fn is_known(uri: &Uri, headers: &HeaderMap, hosts: &[Box<str>]) -> bool {
    let mut named = headers.get_all(HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else { return false };
    // Before an `@` anything may stand, and readers differ in where the host begins then.
    let host = host.to_str().ok().filter(|text| !text.contains('@'));
    let host = host.and_then(|text| text.parse::<Authority>().ok());
    let of_uri = uri.authority().is_none_or(|authority| is_ours(authority.host(), hosts));
    of_uri && host.is_some_and(|host| is_ours(host.host(), hosts))
}

/// The listener lets such requests through for health only.
fn is_nameless(uri: &Uri, headers: &HeaderMap) -> bool {
    uri.authority().is_none() && headers.get_all(HOST).iter().all(HeaderValue::is_empty)
}

fn is_ours(host: &str, hosts: &[Box<str>]) -> bool {
    // An address cannot be pointed elsewhere, and probes name the container by its address.
    let address = host.trim_start_matches('[').trim_end_matches(']');
    address.parse::<IpAddr>().is_ok()
        || host.eq_ignore_ascii_case("localhost")
        || hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host))
}
