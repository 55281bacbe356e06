//! A connection that is secured when it is first read.

use super::{TlsIdentity, failure::HandshakeFailure};
use crate::{
    domain::ErrorCode,
    telemetry::Metrics,
    web::{
        listener::Peer,
        problem::ClientError,
        socket::{ClientSocket, SocketWatch},
        wording::Wording,
    },
};
use std::{
    fmt, io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::{TlsAcceptor, server};

/// What the connections of one listener share.
#[derive(Debug)]
pub(in crate::web) struct Guard {
    pub(in crate::web) listener: &'static str,
    pub(in crate::web) identity: Arc<TlsIdentity>,
    pub(in crate::web) metrics: Arc<Metrics>,
    pub(in crate::web) wording: Wording,
}

/// A connection that speaks TLS or is closed.
///
/// It is secured when it is first read, so whoever reads it keeps the time of the handshake too. It
/// reads as ended when it could not be secured: nothing that came in plain is ever passed on.
pub(in crate::web) struct TlsStream {
    guard: Arc<Guard>,
    peer: Peer,
    watch: Arc<SocketWatch>,
    state: HandshakeState,
}

enum HandshakeState {
    /// Nothing was read yet.
    Fresh(ClientSocket),
    Handshaking(server::FallibleAccept<ClientSocket>),
    Secured(server::TlsStream<ClientSocket>),
    /// It is not let in; it is told why as far as it understands.
    Leaving(LastWords),
    Closed,
}

/// What a client hears that is not let in.
struct LastWords {
    stream: ClientSocket,
    left: Vec<u8>,
    is_said: bool,
}

impl TlsStream {
    pub(in crate::web) fn new(stream: ClientSocket, peer: Peer, guard: Arc<Guard>) -> Self {
        Self { guard, peer, watch: stream.watch(), state: HandshakeState::Fresh(stream) }
    }

    /// Returns a view of the socket below.
    pub(in crate::web) fn watch(&self) -> Arc<SocketWatch> {
        Arc::clone(&self.watch)
    }

    fn greet(&self, stream: ClientSocket, first: Option<u8>) -> HandshakeState {
        match first {
            // Whoever only looks whether the port is open is no failure.
            None => HandshakeState::leaving(stream, String::new()),
            // A record of TLS starts with a control character, a request with a method.
            Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'\r' | b'\n') => {
                self.fail(HandshakeFailure::PlainHttp, None);
                self.guard.metrics.refused(None, ErrorCode::MalformedRequest);
                HandshakeState::leaving(stream, plain_http(&self.guard.wording))
            }
            Some(_) => {
                let acceptor = TlsAcceptor::from(self.guard.identity.serving());
                // Fallible, for then the socket comes back: closed at once, it could destroy the alert on its way.
                HandshakeState::Handshaking(acceptor.accept(stream).into_fallible())
            }
        }
    }

    fn fail(&self, failure: HandshakeFailure, error: Option<&io::Error>) {
        let Guard { listener, metrics, .. } = &*self.guard;
        metrics.tls_failed(listener, failure.as_str());
        let (peer, reason) = (self.peer, failure.as_str());
        let error = error.map(|error| error as &dyn std::error::Error);
        tracing::debug!(listener, ?peer, reason, error, "connection was not secured");
    }
}

impl HandshakeState {
    fn leaving(stream: ClientSocket, words: String) -> Self {
        Self::Leaving(LastWords { stream, left: words.into_bytes(), is_said: false })
    }
}

impl AsyncRead for TlsStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            match &mut this.state {
                HandshakeState::Fresh(stream) => {
                    let first = ready!(peek(stream, context))?;
                    if let HandshakeState::Fresh(stream) =
                        std::mem::replace(&mut this.state, HandshakeState::Closed)
                    {
                        this.state = this.greet(stream, first);
                    }
                }
                HandshakeState::Handshaking(accept) => match ready!(Pin::new(accept).poll(context))
                {
                    Ok(stream) => this.state = HandshakeState::Secured(stream),
                    Err((error, stream)) => {
                        this.fail(HandshakeFailure::from_io(&error), Some(&error));
                        this.state = HandshakeState::leaving(stream, String::new());
                    }
                },
                HandshakeState::Secured(stream) => {
                    let read = ready!(Pin::new(stream).poll_read(context, out));
                    return Poll::Ready(read.or_else(only_gone));
                }
                HandshakeState::Leaving(words) => {
                    let said = ready!(words.poll(context));
                    this.state = HandshakeState::Closed;
                    return Poll::Ready(said);
                }
                HandshakeState::Closed => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl AsyncWrite for TlsStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().state {
            HandshakeState::Secured(stream) => Pin::new(stream).poll_write(context, bytes),
            // Nothing can be lost by this: hyper answers what it has read, and nothing reads before it is secured.
            _ => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().state {
            HandshakeState::Secured(stream) => {
                Pin::new(stream).poll_write_vectored(context, slices)
            }
            _ => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().state {
            HandshakeState::Secured(stream) => Pin::new(stream).poll_flush(context),
            _ => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match &mut this.state {
            HandshakeState::Secured(stream) => return Pin::new(stream).poll_shutdown(context),
            // Whoever reads it lost patience.
            HandshakeState::Handshaking(_) => this.fail(HandshakeFailure::Timeout, None),
            HandshakeState::Fresh(_) | HandshakeState::Leaving(_) | HandshakeState::Closed => {}
        }
        this.state = HandshakeState::Closed;
        Poll::Ready(Ok(()))
    }
}

impl LastWords {
    /// Says what there is to say and ends; then listens until the client has heard it, since closing
    /// in the midst of what it sends would destroy the words on their way.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.left.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.left))?;
            self.left.drain(..written);
        }
        if !self.is_said {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            self.is_said = true;
        }
        // Without an end of its own: whoever reads this stream keeps the time, as of a handshake.
        let mut space = [0; 4096];
        loop {
            let mut waste = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut waste))?;
            if waste.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

/// Returns the first byte without taking it; `None` when there will be none.
fn peek(stream: &ClientSocket, context: &mut Context<'_>) -> Poll<io::Result<Option<u8>>> {
    let mut first = [0; 1];
    let mut space = ReadBuf::new(&mut first);
    let read = ready!(stream.poll_peek(context, &mut space))?;
    Poll::Ready(Ok((read > 0).then_some(first[0])))
}

/// A client that closes without TLS's own goodbye, as many do, is gone like any other: lengths tell
/// whether a request was whole, never the end of its connection.
fn only_gone(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::UnexpectedEof { Ok(()) } else { Err(error) }
}

fn plain_http(wording: &Wording) -> String {
    let message = "this port speaks TLS: use https://. The request was not read; if others could \
                   see it on its way, replace the token in it";
    wording.on_the_wire(&ClientError::new(ErrorCode::MalformedRequest, message).closing())
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").field("peer", &self.peer).finish_non_exhaustive()
    }
}
