//! A TCP stream that remembers the heads that came in, and can break what goes out.

use super::heads::RequestHeads;
use bytes::Bytes;
use memchr::memmem;
use parking_lot::{Mutex, MutexGuard};
use socket2::SockRef;
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// The stream.
///
/// It is HTTP in the clear: the gateway's TLS is tested elsewhere.
#[derive(Debug)]
pub(super) struct SimulatedWire {
    /// The connection.
    stream: TcpStream,
    /// What it remembers and is told.
    orders: Arc<Orders>,
}

/// What the stream remembers, and what it is told; shared with the calls on it.
///
/// The calls on a connection come one after the other, so each finds its own head.
#[derive(Debug, Default)]
pub(super) struct Orders(Mutex<SimulatedWireState>);

/// What is shared.
#[derive(Debug, Default)]
struct SimulatedWireState {
    /// The heads that came in.
    heads: RequestHeads,
    /// What becomes of the bytes that go out.
    plan: WritePlan,
    /// Whether reading shall end.
    hung_up: bool,
    /// Who waits for more to read.
    reader: Option<Waker>,
}

/// What becomes of the bytes that go out.
///
/// It counts from the moment it is set.
#[derive(Debug, Default, Clone)]
pub(super) enum WritePlan {
    /// They go out.
    #[default]
    Pass,
    /// So many go out, and then the connection is reset.
    ResetAfter(u64),
    /// The head and so many bytes of the body go out, and then the connection is closed.
    CloseAfterBody(u64),
    /// So many go out, and then the connection is closed.
    CloseAfter(u64),
    /// These go out in their place, and then the connection is closed.
    Instead(Bytes),
}

impl Orders {
    /// Lends the state.
    fn lock(&self) -> MutexGuard<'_, SimulatedWireState> {
        self.0.lock()
    }

    /// Returns the head of the call that just began.
    ///
    /// Empty where the wire has not seen one.
    pub(super) fn head(&self) -> Bytes {
        self.lock().heads.next().unwrap_or_default()
    }

    /// Returns whether the connection is between two requests.
    pub(super) fn is_idle(&self) -> bool {
        self.lock().heads.is_idle()
    }

    /// Says what becomes of the bytes that go out from now on.
    ///
    /// It holds until another is set; every call begins with one that lets all pass.
    pub(super) fn set(&self, plan: WritePlan) {
        self.lock().plan = plan;
    }

    /// Lets the connection look as if the client had closed it; between answers, it ends so.
    pub(super) fn hang_up(&self) {
        let mut state = self.lock();
        state.hung_up = true;
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }
}

impl SimulatedWire {
    /// Returns the stream, and what its calls hold of it.
    pub(super) fn new(stream: TcpStream) -> (Self, Arc<Orders>) {
        let orders = Arc::<Orders>::default();
        (Self { stream, orders: Arc::clone(&orders) }, orders)
    }

    /// Writes as many bytes as are left to write, and fails once there are none.
    fn write_some(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        left: u64,
    ) -> Poll<io::Result<usize>> {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        if most == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let bytes = bytes.get(..most).unwrap_or(&[]);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    /// Writes other bytes than those given, and fails once they are out.
    fn write_instead(
        &mut self,
        context: &mut Context<'_>,
        mut bytes: Bytes,
    ) -> Poll<io::Result<usize>> {
        while !bytes.is_empty() {
            let written = ready!(self.write_some(context, &bytes, u64::MAX))?;
            bytes = bytes.slice(written..);
            self.orders.set(WritePlan::Instead(bytes.clone()));
        }
        Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
    }
}

impl AsyncRead for SimulatedWire {
    /// Remembers what came in; after hanging up, it looks as if the client had closed.
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Nothing read is what a client's goodbye looks like to hyper.
        if this.orders.lock().hung_up {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        if Pin::new(&mut this.stream).poll_read(context, buffer)?.is_pending() {
            this.orders.lock().reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        // Before hyper sees them, so that the head of a call is there when the call begins.
        let new = buffer.filled().get(before..).unwrap_or(&[]);
        this.orders.lock().heads.feed(new);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for SimulatedWire {
    /// Does as the plan says.
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let plan = this.orders.lock().plan.clone();
        match plan {
            WritePlan::Pass => Pin::new(&mut this.stream).poll_write(context, bytes),
            WritePlan::ResetAfter(left) => {
                let written = ready!(this.write_some(context, bytes, left))?;
                this.orders.set(WritePlan::ResetAfter(left - written as u64));
                Poll::Ready(Ok(written))
            }
            WritePlan::CloseAfterBody(left) => {
                // The head is in the first bytes that go out.
                let head = memmem::find(bytes, b"\r\n\r\n").map_or(0, |at| at as u64 + 4);
                this.orders.set(WritePlan::CloseAfter(head.saturating_add(left)));
                Pin::new(this).poll_write(context, bytes)
            }
            WritePlan::CloseAfter(left) => {
                let written = ready!(this.write_some(context, bytes, left))?;
                this.orders.set(WritePlan::CloseAfter(left - written as u64));
                Poll::Ready(Ok(written))
            }
            WritePlan::Instead(instead) => this.write_instead(context, instead),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    /// Ends the sending side, but not where a reset is to come.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if matches!(this.orders.lock().plan, WritePlan::ResetAfter(_)) {
            // A reset comes without a farewell.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}

impl Drop for SimulatedWire {
    /// Resets the connection where the plan says so.
    fn drop(&mut self) {
        if matches!(self.orders.lock().plan, WritePlan::ResetAfter(_)) {
            // Without lingering, closing sends a reset; if that cannot be set, it just closes.
            SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).ok();
        }
    }
}
