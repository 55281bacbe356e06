//! The network listeners: plain HTTP, or TLS.

use super::{
    listener::{Listener, Peer, accept},
    socket::{ClientSocket, Goodbye, SocketWatch},
    tls::{Guard, TlsIdentity, TlsStream},
    wording::Wording,
};
use crate::telemetry::Metrics;
use std::{
    io,
    net::SocketAddr,
    os::fd::{AsRawFd, RawFd},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpListener,
};

/// A listener on the network: it serves plain HTTP or TLS, never both.
#[derive(Debug)]
pub struct Port {
    listener: TcpListener,
    guard: Option<Arc<Guard>>,
}

impl Port {
    /// Returns a port that serves plain HTTP.
    pub fn plain(listener: TcpListener) -> Self {
        Self { listener, guard: None }
    }

    /// Returns a port that serves TLS; `name` is the listener's in metrics, as in `proxy`, and who
    /// speaks plain HTTP there is told so in its wording.
    pub fn secure(
        listener: TcpListener,
        identity: Arc<TlsIdentity>,
        name: &'static str,
        metrics: Arc<Metrics>,
        wording: Wording,
    ) -> Self {
        let guard = Guard { listener: name, identity, metrics, wording };
        Self { listener, guard: Some(Arc::new(guard)) }
    }

    /// Returns where the port is bound.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Listener for Port {
    type Stream = PortStream;

    async fn accept(&self) -> io::Result<(PortStream, Peer)> {
        let (stream, peer) = accept(&self.listener).await?;
        // Noted before TLS is put around the socket, which does not tell its number.
        let number = stream.as_raw_fd();
        let stream = match &self.guard {
            None => Stream::Plain(ClientSocket::new(stream, Goodbye::Plain)),
            Some(guard) => {
                let socket = ClientSocket::new(stream, Goodbye::Secured);
                Stream::Secure(Box::new(TlsStream::new(socket, peer, Arc::clone(guard))))
            }
        };
        Ok((PortStream(stream, number), peer))
    }

    fn watch(stream: &PortStream) -> Option<Arc<SocketWatch>> {
        Some(match &stream.0 {
            Stream::Plain(socket) => socket.watch(),
            Stream::Secure(secured) => secured.watch(),
        })
    }
}

/// A connection of a [`Port`].
#[derive(Debug)]
pub struct PortStream(Stream, RawFd);

impl AsRawFd for PortStream {
    fn as_raw_fd(&self) -> RawFd {
        self.1
    }
}

#[derive(Debug)]
enum Stream {
    Plain(ClientSocket),
    /// Its state is large, and so has a place of its own.
    Secure(Box<TlsStream>),
}

/// Does the same with either stream.
macro_rules! either {
    ($stream:expr, $inner:ident => $work:expr) => {
        match &mut $stream.get_mut().0 {
            Stream::Plain($inner) => {
                let $inner = Pin::new($inner);
                $work
            }
            Stream::Secure($inner) => {
                let $inner = Pin::new(&mut **$inner);
                $work
            }
        }
    };
}

impl AsyncRead for PortStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, inner => inner.poll_read(context, out))
    }
}

impl AsyncWrite for PortStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, inner => inner.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(self, inner => inner.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.0 {
            Stream::Plain(inner) => inner.is_write_vectored(),
            Stream::Secure(inner) => inner.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, inner => inner.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, inner => inner.poll_shutdown(context))
    }
}
