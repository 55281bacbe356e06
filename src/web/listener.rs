//! Where connections come from.

use super::socket::{ClientSocket, Goodbye, SocketWatch};
use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    os::fd::AsRawFd,
    sync::Arc,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream, UnixListener, UnixStream},
};

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Peer {
    /// A client over TCP.
    Network(SocketAddr),
    /// A local process that opened the socket; its user.
    LocalUser(u32),
}

impl Peer {
    /// Returns the address; `None` for a local process.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Network(address) => Some(address.ip()),
            Self::LocalUser(_) => None,
        }
    }
}

/// Accepts connections.
///
/// A stream that still has to be secured, as with TLS, does that when it is first read: accepting
/// must not wait for one client.
pub trait Listener: Send + 'static {
    /// The connections' streams.
    type Stream: AsyncRead + AsyncWrite + AsRawFd + Unpin + Send + 'static;

    /// Waits for the next connection; may be dropped while it waits.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Stream, Peer)>> + Send;

    /// Returns a view of a connection's socket, where whoever works for its client has to know whether
    /// it is still there.
    fn watch(stream: &Self::Stream) -> Option<Arc<SocketWatch>>;
}

impl Listener for TcpListener {
    type Stream = ClientSocket;

    async fn accept(&self) -> io::Result<(ClientSocket, Peer)> {
        let (stream, peer) = accept(self).await?;
        Ok((ClientSocket::new(stream, Goodbye::Plain), peer))
    }

    fn watch(stream: &ClientSocket) -> Option<Arc<SocketWatch>> {
        Some(stream.watch())
    }
}

/// Waits for the next connection over TCP.
pub(super) async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, Peer)> {
    let (stream, address) = listener.accept().await?;
    // Head and body may go out in two writes: with Nagle's algorithm the second would wait until the
    // client acknowledges the first, which many delay by 40 ms.
    stream.set_nodelay(true)?;
    Ok((stream, Peer::Network(address)))
}

impl Listener for UnixListener {
    type Stream = UnixStream;

    async fn accept(&self) -> io::Result<(UnixStream, Peer)> {
        let (stream, _) = Self::accept(self).await?;
        let user = stream.peer_cred()?.uid();
        Ok((stream, Peer::LocalUser(user)))
    }

    /// Only operators come here, and nothing of theirs is billed.
    fn watch(_stream: &UnixStream) -> Option<Arc<SocketWatch>> {
        None
    }
}
