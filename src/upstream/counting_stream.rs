//! A socket that remembers whether anything was written.

use parking_lot::{Mutex, MutexGuard};
use socket2::SockRef;
use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// A TCP connection that counts the bytes it writes. It sits below TLS, so what it counts is
/// what left this process. A byte counts as written once the system has taken it, whether or not it
/// was sent on.
#[derive(Debug)]
pub(super) struct CountingStream {
    watch: WireWatch,
    write_broken: bool,
}

/// A view of a [`CountingStream`] for whoever judges the requests on it. Does not keep the socket open.
#[derive(Debug, Clone)]
pub(super) struct WireWatch(Arc<Mutex<WireState>>);

#[derive(Debug)]
struct WireState {
    // Behind the same lock as its count: a byte that is on its way is never between the two.
    tcp: Option<TcpStream>,
    written: u64,
    sealed: bool,
}

impl WireWatch {
    /// Starts counting for a new request. A seal stays.
    pub(super) fn begin(&self) {
        // What was written before is a handshake or an earlier request, and says nothing of this one.
        self.lock().written = 0;
    }

    /// Returns how many bytes were written since the request began, and lets no more be written,
    /// so that the answer stays true.
    pub(super) fn seal(&self) -> u64 {
        let mut line = self.lock();
        line.sealed = true;
        line.written
    }

    /// Returns whether the other side is there and has said nothing that was not read. Between
    /// two requests anything else, the end or a stray byte, makes a connection useless. Reads
    /// nothing away, and never waits.
    pub(super) fn is_quiet(&self) -> bool {
        let line = self.lock();
        let Some(tcp) = &line.tcp else { return false };
        // The operating system is asked and not the runtime, which knows only what it was told so far, and
        // may have been told nothing since the last request.
        let peeked = SockRef::from(tcp).peek(&mut [MaybeUninit::uninit()]);
        peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    fn lock(&self) -> MutexGuard<'_, WireState> {
        self.0.lock()
    }
}

impl CountingStream {
    /// Wraps a connection that was just made.
    pub(super) fn new(tcp: TcpStream) -> Self {
        let line = WireState { tcp: Some(tcp), written: 0, sealed: false };
        Self { watch: WireWatch(Arc::new(Mutex::new(line))), write_broken: false }
    }

    /// Returns a view of it. It may outlive the stream, and then sees no socket.
    pub(super) fn watch(&self) -> WireWatch {
        self.watch.clone()
    }

    fn with<T>(
        &self,
        act: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match &mut self.watch.lock().tcp {
            Some(tcp) => act(Pin::new(tcp)),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn write_with(
        &mut self,
        write: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if self.write_broken {
            return Poll::Pending;
        }
        // Held while the socket is written to, or bytes could go out between a seal and its count.
        let mut line = self.watch.lock();
        let WireState { tcp: Some(tcp), written, sealed: false } = &mut *line else {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        };
        let result = write(Pin::new(tcp));
        match &result {
            Poll::Ready(Ok(count)) => *written += *count as u64,
            // A server that refuses an upload answers and hangs up. Its answer may still be there
            // to read, so writing stands still and reading finds either the answer or the end. Nobody has
            // to be woken for that: hyper reads and writes a connection in one task.
            Poll::Ready(Err(_)) if *written > 0 => {
                self.write_broken = true;
                return Poll::Pending;
            }
            _ => {}
        }
        result
    }
}

impl Drop for CountingStream {
    fn drop(&mut self) {
        // Views may live on; the other side must see the end now.
        self.watch.lock().tcp = None;
    }
}

impl AsyncRead for CountingStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|tcp| tcp.poll_read(cx, buffer))
    }
}

impl AsyncWrite for CountingStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write_with(|tcp| tcp.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write_with(|tcp| tcp.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|tcp| tcp.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|tcp| tcp.poll_shutdown(cx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    async fn pair() -> (CountingStream, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (CountingStream::new(near), listener.accept().await.unwrap().0)
    }

    #[tokio::test]
    async fn a_wire_counts_what_it_wrote_since_a_request_began() {
        let (mut wire, _far) = pair().await;
        wire.write_all(b"a handshake").await.unwrap();
        assert_eq!(wire.watch().lock().written, 11);
        wire.watch().begin();
        assert_eq!(wire.watch().lock().written, 0);
        wire.write_all(b"four").await.unwrap();
        assert_eq!(wire.watch().seal(), 4);
    }

    #[tokio::test]
    async fn a_sealed_wire_writes_nothing() {
        let (mut wire, mut far) = pair().await;
        wire.watch().seal();
        let refused = wire.write_all(b"late").await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::BrokenPipe);
        drop(wire);
        assert_eq!(far.read(&mut [0]).await.unwrap(), 0, "nothing came but the end");
    }

    #[tokio::test]
    async fn what_a_refusing_server_said_is_read_though_writing_failed() {
        let (mut wire, mut far) = pair().await;
        wire.write_all(b"an upload that").await.unwrap();
        far.write_all(b"no thanks").await.unwrap();
        // Closed with bytes unread, so a reset follows the answer.
        drop(far);
        tokio::select! {
            biased;
            written = wire.write_all(b"goes on") => panic!("{written:?}"),
            () = tokio::task::yield_now() => {}
        }
        let mut said = Vec::new();
        _ = wire.read_to_end(&mut said).await;
        assert_eq!(said, b"no thanks");
    }

    #[tokio::test]
    async fn a_wire_is_quiet_until_the_other_side_speaks_or_leaves() {
        let (wire, mut far) = pair().await;
        assert!(wire.watch().is_quiet());
        far.write_all(b"!").await.unwrap();
        assert!(!wire.watch().is_quiet());

        let (wire, far) = pair().await;
        drop(far);
        assert!(!wire.watch().is_quiet());

        let (wire, _far) = pair().await;
        let watch = wire.watch();
        drop(wire);
        assert!(!watch.is_quiet());
    }
}
