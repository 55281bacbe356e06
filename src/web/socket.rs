//! A client's socket that can be looked at while others read and write it.

use crate::domain::{ClientConnection, ClientState};
use parking_lot::{Mutex, MutexGuard};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{
    io,
    os::fd::{AsRawFd, RawFd},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// What a client says when it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goodbye {
    /// The end of the TCP connection, and nothing before it.
    Plain,
    /// Perhaps a last message of TLS, which looks like any other from outside.
    Secured,
}

/// The TCP connection of a client; dropping it hangs up.
#[derive(Debug)]
pub struct ClientSocket(Arc<SocketWatch>);

/// A view of a [`ClientSocket`], which does not keep it open.
#[derive(Debug)]
pub struct SocketWatch {
    goodbye: Goodbye,
    line: Mutex<SocketLine>,
}

#[derive(Debug)]
struct SocketLine {
    tcp: Option<TcpStream>,
    /// Whether the client had hung up before something was written to it.
    spoke_to_nobody: bool,
}

impl ClientSocket {
    pub(super) fn new(tcp: TcpStream, goodbye: Goodbye) -> Self {
        let line = Mutex::new(SocketLine { tcp: Some(tcp), spoke_to_nobody: false });
        Self(Arc::new(SocketWatch { goodbye, line }))
    }

    /// Returns a view of it.
    pub(super) fn watch(&self) -> Arc<SocketWatch> {
        Arc::clone(&self.0)
    }

    /// Fills `space` without taking what it is filled with.
    pub(super) fn poll_peek(
        &self,
        context: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        self.with(|tcp| tcp.poll_peek(context, space))
    }

    fn with<T>(
        &self,
        act: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match &mut self.0.line().tcp {
            Some(tcp) => act(Pin::new(tcp)),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    /// Writes, and notes whether anybody was there to write to. That is looked at before: a client may
    /// well hang up as soon as it has the last byte.
    fn write_with(
        &self,
        write: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let mut line = self.0.line();
        let SocketLine { tcp: Some(tcp), spoke_to_nobody } = &mut *line else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        *spoke_to_nobody |= look(tcp) == SocketSeen::End;
        write(Pin::new(tcp))
    }
}

impl AsRawFd for ClientSocket {
    /// Returns its descriptor; none, that is -1, once it is closed.
    fn as_raw_fd(&self) -> RawFd {
        self.0.line().tcp.as_ref().map_or(-1, AsRawFd::as_raw_fd)
    }
}

impl SocketWatch {
    /// Says whether something was written after the client had hung up. Then it has not got all of it.
    pub(super) fn spoke_to_nobody(&self) -> bool {
        self.line().spoke_to_nobody
    }

    fn line(&self) -> MutexGuard<'_, SocketLine> {
        self.line.lock()
    }
}

impl ClientConnection for SocketWatch {
    fn state(&self) -> ClientState {
        let line = self.line();
        let seen = line.tcp.as_ref().map_or(SocketSeen::End, look);
        match seen {
            SocketSeen::End => ClientState::Gone,
            SocketSeen::Bytes if self.goodbye == Goodbye::Secured => ClientState::Unclear,
            SocketSeen::Bytes | SocketSeen::Nothing => ClientState::Connected,
        }
    }
}

/// What the operating system has of a client that nobody has read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SocketSeen {
    Nothing,
    Bytes,
    /// The end, or a reset, perhaps with bytes before it.
    End,
}

/// Looks without waiting and without taking anything.
fn look(tcp: &TcpStream) -> SocketSeen {
    // `RDHUP` sees the end behind bytes that nobody has read; a peek would see those bytes alone. `HUP` and
    // `ERR` are told without being asked for.
    let mut sockets = [PollFd::new(tcp, PollFlags::IN | PollFlags::RDHUP)];
    // It cannot fail with one socket that is open; if it did, the connection's reader would tell.
    if poll(&mut sockets, Some(&Timespec::default())).is_err() {
        return SocketSeen::Nothing;
    }
    let found = sockets[0].revents();
    if found.intersects(PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR) {
        SocketSeen::End
    } else if found.contains(PollFlags::IN) {
        SocketSeen::Bytes
    } else {
        SocketSeen::Nothing
    }
}

impl Drop for ClientSocket {
    fn drop(&mut self) {
        self.0.line().tcp = None;
    }
}

impl AsyncRead for ClientSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|tcp| tcp.poll_read(context, out))
    }
}

impl AsyncWrite for ClientSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write_with(|tcp| tcp.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write_with(|tcp| tcp.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|tcp| tcp.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|tcp| tcp.poll_shutdown(context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use socket2::SockRef;
    use std::time::Duration;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    async fn pair(goodbye: Goodbye) -> (ClientSocket, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (ClientSocket::new(listener.accept().await.unwrap().0, goodbye), client)
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_is_gone_before_anybody_reads_that() {
        for bytes_before in [&b""[..], b"more"] {
            let (socket, mut client) = pair(Goodbye::Plain).await;
            assert_eq!(socket.watch().state(), ClientState::Connected);
            client.write_all(bytes_before).await.unwrap();
            assert_eq!(socket.watch().state(), ClientState::Connected);
            drop(client);
            assert_eq!(socket.watch().state(), ClientState::Gone);
        }
    }

    #[tokio::test]
    async fn a_client_that_resets_or_sends_no_more_is_gone() {
        let (socket, client) = pair(Goodbye::Plain).await;
        SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        drop(client);
        assert_eq!(socket.watch().state(), ClientState::Gone);

        let (socket, mut client) = pair(Goodbye::Plain).await;
        client.shutdown().await.unwrap();
        assert_eq!(socket.watch().state(), ClientState::Gone);
    }

    #[tokio::test]
    async fn bytes_that_may_be_a_goodbye_are_unclear_until_they_are_read() {
        let (mut socket, mut client) = pair(Goodbye::Secured).await;
        client.write_all(b"?").await.unwrap();
        assert_eq!(socket.watch().state(), ClientState::Unclear);
        socket.read_u8().await.unwrap();
        assert_eq!(socket.watch().state(), ClientState::Connected);
        client.write_all(b"?").await.unwrap();
        drop(client);
        assert_eq!(socket.watch().state(), ClientState::Gone);
    }

    #[tokio::test]
    async fn a_view_neither_keeps_a_socket_open_nor_takes_it_for_connected() {
        let (socket, mut client) = pair(Goodbye::Plain).await;
        let watch = socket.watch();
        drop(socket);
        assert_eq!(watch.state(), ClientState::Gone);
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn what_is_written_to_a_client_that_had_hung_up_is_told_from_the_rest() {
        let (mut socket, client) = pair(Goodbye::Plain).await;
        let watch = socket.watch();
        socket.write_all(b"in time").await.unwrap();
        drop(client);
        assert!(!watch.spoke_to_nobody(), "it hung up after the last byte");
        assert!(socket.write_all(b"too late").await.is_err() || watch.spoke_to_nobody());

        let (mut socket, mut client) = pair(Goodbye::Plain).await;
        client.shutdown().await.unwrap();
        socket.write_all(b"too late").await.unwrap();
        assert!(socket.watch().spoke_to_nobody());
    }
}
