//! One connection: strict reading below, the face above, hyper in between.

use super::{
    access_log::AccessLog,
    body::Body,
    connection_counter::ConnectionGuard,
    face::ask,
    header::{self, ServerTiming},
    listener::Peer,
    listener_state::ListenerState,
    problem::ClientError,
    request_info::{RequestInfo, is_health_check},
    serving::Serving,
    socket::SocketWatch,
    strict::{ConnectionNotes, ProtocolFault, StrictStream},
};
use crate::domain::{Client, Unwatched};
use axum::Router;
use http::{HeaderValue, Method, Request, Response, header::CONNECTION};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, future::Future, pin::pin, sync::Arc, time::Duration};
use tokio::io::{AsyncRead, AsyncWrite};
use tracing::Instrument;

/// Enough for a head of any length that is let through; also bounds what waits to be written.
const BUFFER: usize = 128 * 1024;

/// One client's connection and what it needs to be served.
#[derive(Debug)]
pub(super) struct Connection<S> {
    pub(super) stream: S,
    /// A view of the socket below, where there is one.
    pub(super) socket: Option<Arc<SocketWatch>>,
    pub(super) peer: Peer,
    pub(super) door: Arc<ListenerState>,
    pub(super) presence: ConnectionGuard,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Connection<S> {
    /// Serves requests until the client leaves, patience ends, or `serving` closes its connections and the
    /// request at hand is answered.
    pub(super) async fn run(self, face: Router, serving: Serving) {
        let Self { stream, socket, peer, door, presence } = self;
        let gauge = door.metrics.connection_opens(door.name);
        let wire = Arc::new(ConnectionNotes::new(socket.clone()));
        let client: Client = match socket {
            Some(socket) => socket,
            None => Arc::new(Unwatched),
        };
        let stream = StrictStream::new(stream, Arc::clone(&wire), door.patience());
        let service = service_fn(|request| {
            let answer = answer(
                &face,
                ConnectionContext {
                    peer,
                    client: &client,
                    door: &door,
                    wire: &wire,
                    serving: &serving,
                },
                request,
            );
            async { Ok::<_, Infallible>(answer.await) }
        });
        let mut http = http1::Builder::new();
        // The stream below keeps the time; hyper's own timeout cannot tell waiting for a request
        // from waiting for the rest of its header.
        // `half_close` stays off, though lawful: a client that ends its own direction counts as gone, and its
        // call leaves the queue. With it on, a place would be paid for whoever hung up halfway.
        http.header_read_timeout(None).max_buf_size(BUFFER).half_close(false);
        let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
        // Behind the connection, so that it is dropped first.
        let cut_off = CutOff(Some(Arc::clone(&wire)));
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = serving.closing() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        cut_off.not_now();
        if let Err(error) = ended {
            tracing::debug!(error = &error as &dyn std::error::Error, "connection ended early");
        }
        // Until here the connection counts, also while it finishes a request behind the end of serving.
        drop((gauge, presence));
    }
}

/// Tells a connection that the gateway ends it, unless it has ended before.
struct CutOff(Option<Arc<ConnectionNotes>>);

impl CutOff {
    fn not_now(mut self) {
        self.0 = None;
    }
}

impl Drop for CutOff {
    fn drop(&mut self) {
        if let Some(wire) = self.0.take() {
            wire.cut_off();
        }
    }
}

/// Whose request it is, and on which connection it came.
#[derive(Clone, Copy)]
struct ConnectionContext<'a> {
    peer: Peer,
    client: &'a Client,
    door: &'a ListenerState,
    wire: &'a Arc<ConnectionNotes>,
    serving: &'a Serving,
}

/// Answers one request: one span, one id, one line in the log.
fn answer(
    face: &Router,
    guest: ConnectionContext<'_>,
    request: Request<Incoming>,
) -> impl Future<Output = Response<Body>> + Send + use<> {
    let trusted = &guest.door.limits.trusted_proxies;
    let info = RequestInfo::begin(guest.peer, guest.client, request.headers(), trusted);
    let (id, started) = (info.id.clone(), info.started);
    let is_head = request.method() == Method::HEAD;
    // Counted for each request without exception: the count tells which one is the stand-in for a bad head.
    let fault = guest.wire.request_begins();
    let span = info.span(&request);
    let is_quiet = fault.is_none() && is_health_check(request.uri().path());
    let (wire, work) = (Arc::clone(guest.wire), guest.serving.request_begins());
    let farewell = AccessLog::new(span.clone(), started, is_quiet, wire, work);
    let wording = guest.door.wording.clone();
    let answer = match fault {
        None => Ok(ask(face, guest.door, info, request)),
        Some(fault) => Err(reject(guest.door, fault)),
    };
    let (wire, serving) = (Arc::clone(guest.wire), guest.serving.clone());
    let answer = async move {
        let response = match answer {
            Ok(answer) => answer.await,
            Err(problem) => wording.answer(&problem, &id).map(Body::full),
        };
        let mut response = farewell.watch(response);
        // Once more, whatever face or layer made the answer: none may leave without it.
        header::set_request_id(response.headers_mut(), &id);
        if !response.headers().contains_key(header::SERVER_TIMING) {
            let total = started.elapsed();
            ServerTiming::new(total, Duration::ZERO, Duration::ZERO).set(response.headers_mut());
        }
        // Whoever asks again is to ask the next process.
        if serving.is_draining() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if is_head {
            response.body_mut().without_content();
        }
        // On the one body that leaves, and last: each body that has the wire counts as an answer when dropped.
        response.body_mut().leave_on(wire);
        response
    };
    answer.instrument(span)
}

fn reject(door: &ListenerState, fault: ProtocolFault) -> ClientError {
    door.metrics.refused(None, fault.code());
    ClientError::fault(fault)
}
