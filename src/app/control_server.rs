//! The control plane as a face that listeners can serve.

use crate::{
    admin::{self, AdminPeer, AdminState},
    web::{self, RequestInfo},
};
use axum::{Router, extract::Request, middleware::map_request};

/// Returns the control plane; each request is told who is at the other end of its connection.
///
/// The peer is the network address, or the user of the socket, which the kernel tells.
pub(super) fn control_face(state: AdminState) -> Router {
    admin::router(state).layer(map_request(async |request| introduced(request)))
}

fn introduced(mut request: Request) -> Request {
    if let Some(info) = request.extensions_mut().remove::<RequestInfo>() {
        request.extensions_mut().insert(peer(info.peer));
        request.extensions_mut().insert(info.id);
    }
    request
}

/// Returns the peer in the control plane's words.
fn peer(peer: web::Peer) -> AdminPeer {
    match peer {
        web::Peer::Network(addr) => AdminPeer::Tcp { addr },
        web::Peer::LocalUser(uid) => AdminPeer::Unix { uid },
    }
}
