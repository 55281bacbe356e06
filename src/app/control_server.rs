//! The control plane as a face that listeners can serve.

use crate::{
    admin::{self, AdminPeer, AdminState},
    web::{self, Body, RequestInfo, header},
};
use axum::body::Body as AxumBody;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use hyper::body::Incoming;
use std::convert::Infallible;
use tower::ServiceExt;

/// Returns the control plane; each request is told who is at the other end of its connection.
///
/// The peer is the network address, or the user of the socket, which the kernel tells. Every answer has the
/// request's id.
pub(super) fn control_face(
    state: AdminState,
) -> impl Fn(RequestInfo, Request<Incoming>) -> BoxFuture<'static, Response<Body>> + Clone + Send + 'static
{
    let router = admin::router(state);
    move |visit, mut request| {
        let router = router.clone();
        request.extensions_mut().insert(peer(visit.peer));
        request.extensions_mut().insert(visit.id.clone());
        Box::pin(async move {
            let answered: Result<_, Infallible> = router.oneshot(request.map(AxumBody::new)).await;
            match answered {
                Ok(mut response) => {
                    header::set_request_id(response.headers_mut(), &visit.id);
                    response.map(Body::stream)
                }
                Err(never) => match never {},
            }
        })
    }
}

/// Returns the peer in the control plane's words.
fn peer(peer: web::Peer) -> AdminPeer {
    match peer {
        web::Peer::Network(addr) => AdminPeer::Tcp { addr },
        web::Peer::LocalUser(uid) => AdminPeer::Unix { uid },
    }
}
