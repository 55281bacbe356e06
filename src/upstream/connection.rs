//! One HTTP/1.1 connection.

use super::{
    counting_stream::WireWatch,
    key_injector::{HeadProgress, KeyInjector},
    outcome::NotSent,
    request_body::RequestBody,
};
use crate::tasks::Tasks;
use http::{Request, Response};
use hyper::{
    body::Incoming,
    client::conn::{TrySendError, http1},
};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::oneshot,
};

/// The longest head of an answer that is read, in bytes. A longer one is an error, after which
/// nobody can say what became of the call.
const LONGEST_HEAD: usize = 64 * 1024;

/// A connection; dropping it closes the socket at once, whatever is still under way. One request is
/// under way at a time; HTTP/1.1 pipelining is never used.
pub(super) struct UpstreamConnection {
    sender: http1::SendRequest<RequestBody>,
    wire: WireWatch,
    progress: HeadProgress,
    age: Age,
    // Never sent on: to drop it ends the task that drives the socket, so that nothing more of a
    // request that was given up is written.
    _open: oneshot::Sender<Infallible>,
}

/// Whether a connection has served a request before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// Just made.
    New,
    /// It was idle in the pool, and the other side may have closed it.
    Pooled,
}

/// What hyper says of a request that got no answer; the request itself where it never began.
pub(super) type Unanswered = TrySendError<Request<RequestBody>>;

impl UpstreamConnection {
    /// Starts HTTP on a socket. Nothing is written by that. What drives the connection runs as a
    /// task and ends with it.
    pub(super) async fn open<S>(
        socket: KeyInjector<S>,
        wire: WireWatch,
        tasks: &Tasks,
    ) -> Result<Self, NotSent>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let progress = socket.progress();
        let (sender, driver) = http1::Builder::new()
            // Without `title_case_headers`: the key is found by its name in lower case, and nothing
            // would be sent.
            .max_header_size(LONGEST_HEAD)
            .handshake(TokioIo::new(socket))
            .await
            .map_err(|_| NotSent::Lost)?;
        let (open, closed) = oneshot::channel();
        tasks.spawn_background("upstream connection", async move {
            tokio::select! {
                ended = driver => if let Err(error) = ended {
                    tracing::debug!(%error, "an upstream connection ended");
                },
                _ = closed => {}
            }
        });
        Ok(Self { sender, wire, progress, age: Age::New, _open: open })
    }

    /// Returns whether it was used before.
    pub(super) fn age(&self) -> Age {
        self.age
    }

    /// Marks it as one that was used before.
    pub(super) fn pooled(mut self) -> Self {
        self.age = Age::Pooled;
        self
    }

    /// Returns whether it can take a request now, as far as this side knows.
    pub(super) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    /// Returns whether it can take a request now, and the other side has neither hung up nor said
    /// anything unasked.
    pub(super) fn is_good(&self) -> bool {
        self.is_ready() && self.wire.is_quiet()
    }

    /// Waits until it can take another request; false when it never will. Dropping the future
    /// changes nothing.
    pub(super) async fn becomes_ready(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    /// Sends a request and waits for the head of its answer. Sends it once.
    pub(super) async fn send(
        &mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<Incoming>, Unanswered> {
        // Both before hyper has the request, which it may write at once: the count would miss
        // bytes, and the stars would go out as they are.
        self.wire.begin();
        self.progress.begin();
        // Not `send_request`, which keeps what it could not send: only a request that comes back
        // untouched may go out again.
        self.sender.try_send_request(request).await
    }

    /// Returns how many bytes of the request were written, and stops writing. The connection is of
    /// no use afterwards.
    pub(super) fn seal(&self) -> u64 {
        self.wire.seal()
    }
}
