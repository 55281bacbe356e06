//! The stream that hyper reads from and writes to.

use super::{
    ConnectionNotes, ProtocolFault, Timeouts,
    framer::{Framer, Passed},
    patience::{IdleTimer, Linger, Overdue, WriteTimeout},
};
use bytes::{Buf, BytesMut};
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What hyper reads in place of a head that is refused.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\n\r\n";
/// The most that is read of later requests while one is at work. Only a client that sends more
/// ahead can go away unnoticed.
const MAX_HELD: usize = 64 * 1024;

/// Lets through only what can be read in one way, and only in time.
#[derive(Debug)]
pub(in crate::web) struct StrictStream<S> {
    inner: S,
    wire: Arc<ConnectionNotes>,
    framer: Framer,
    /// Bytes that were read and not yet passed on.
    held: BytesMut,
    /// How many of them may be passed on.
    passed: usize,
    reading: ReadState,
    alarm: IdleTimer,
    stall: WriteTimeout,
    linger: Option<Linger>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReadState {
    Open,
    /// A head was refused: nothing more is read until the answer is out.
    Refused,
    /// A body cannot be followed.
    Broken(ProtocolFault),
    Ended,
}

impl<S> StrictStream<S> {
    pub(in crate::web) fn new(inner: S, wire: Arc<ConnectionNotes>, patience: Timeouts) -> Self {
        Self {
            inner,
            wire,
            framer: Framer::new(),
            held: BytesMut::new(),
            passed: 0,
            reading: ReadState::Open,
            alarm: IdleTimer::new(patience),
            stall: WriteTimeout::new(patience),
            linger: None,
        }
    }

    /// Sorts what was read: what is behind `start` in `out` stays there as far as it may pass.
    fn sort(&mut self, out: &mut ReadBuf<'_>, start: usize) {
        let fresh = &out.filled()[start..];
        if self.held.is_empty() {
            // The common case: nothing is copied.
            let passed = self.framer.follow(fresh, self.is_quiet());
            self.held.extend_from_slice(&fresh[passed.bytes..]);
            out.set_filled(start + passed.bytes);
            self.note(&passed);
        } else {
            self.held.extend_from_slice(fresh);
            out.set_filled(start);
            self.sort_held();
        }
    }

    /// Lets through what is held, as far as it may pass by now.
    fn sort_held(&mut self) {
        let passed = self.framer.follow(&self.held, self.is_quiet());
        self.passed = passed.bytes;
        self.note(&passed);
    }

    /// One request is let through at a time. So hyper never has a second one in its buffer, which
    /// would keep it from seeing that the client of the first went away.
    fn is_quiet(&self) -> bool {
        self.wire.quiet_since().is_some()
    }

    fn note(&mut self, passed: &Passed) {
        if passed.has_head {
            self.wire.head_passed();
            self.alarm.head_ends();
        }
        match passed.fault {
            Some(fault) if self.framer.is_at_head() => self.reject(fault),
            Some(fault) => self.reading = ReadState::Broken(fault),
            None => {}
        }
    }

    /// Replaces the head at hand.
    fn reject(&mut self, fault: ProtocolFault) {
        self.held.truncate(self.passed);
        self.held.extend_from_slice(STAND_IN);
        self.passed = self.held.len();
        self.reading = ReadState::Refused;
        self.wire.reject(fault);
    }

    fn give(&mut self, out: &mut ReadBuf<'_>) {
        let len = self.passed.min(out.remaining());
        out.put_slice(&self.held[..len]);
        self.held.advance(len);
        self.passed -= len;
        if self.held.is_empty() {
            // An idle connection keeps no memory for this.
            self.held = BytesMut::new();
        }
    }

    /// Waits for a client that owes us a request.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.framer.is_at_head() {
            return Poll::Pending;
        }
        let is_awaited = !self.held.is_empty() || self.alarm.is_nearer_when_quiet();
        if is_awaited && !self.is_quiet() {
            // What is held here wakes no socket: a request that came ahead would wait until its client says more.
            self.wire.wake_when_quiet(context.waker());
        }
        // The empty line that some old clients send behind a body begins no head: their idle connection would
        // be answered with a timeout.
        if !self.held.is_empty() && &self.held[..] != b"\r\n" {
            self.alarm.head_begins();
        }
        match ready!(self.alarm.poll(context, || self.wire.quiet_since())) {
            Overdue::Head => self.reject(ProtocolFault::HeadTimeout),
            Overdue::Request => self.reading = ReadState::Ended,
        }
        Poll::Ready(())
    }

    /// Says whether the client is in the midst of something that nobody will read.
    fn is_sending(&self) -> bool {
        match self.reading {
            ReadState::Open => !self.framer.is_at_head() || !self.held.is_empty(),
            ReadState::Refused | ReadState::Broken(_) => true,
            ReadState::Ended => false,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for StrictStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let start = out.filled().len();
        while out.filled().len() == start {
            if this.passed > 0 {
                this.give(out);
                break;
            }
            match this.reading {
                ReadState::Open => {}
                // Nobody is to wake this: the answer to the stand-in closes the connection, and whatever the
                // client still sends must not be read as another request.
                ReadState::Refused => return Poll::Pending,
                ReadState::Broken(fault) => {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, fault)));
                }
                ReadState::Ended => break,
            }
            if !this.held.is_empty() {
                this.sort_held();
                if this.passed > 0 || this.reading != ReadState::Open {
                    continue;
                }
            }
            if this.held.len() > MAX_HELD {
                ready!(this.poll_patience(context));
                continue;
            }
            match Pin::new(&mut this.inner).poll_read(context, out)? {
                Poll::Ready(()) if out.filled().len() == start => this.reading = ReadState::Ended,
                Poll::Ready(()) => this.sort(out, start),
                Poll::Pending => ready!(this.poll_patience(context)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for StrictStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write(context, bytes);
        this.stall.watch(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.inner).poll_write_vectored(context, slices);
        this.stall.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.inner).poll_flush(context);
        // Told only behind the flush below: what hyper has written may still lie in the buffer of TLS.
        ready!(this.stall.watch(context, flushed))?;
        this.wire.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // The end of our direction goes out before anything is listened to: a client may wait for just that.
        if this.linger.is_none() {
            let shut = Pin::new(&mut this.inner).poll_shutdown(context);
            ready!(this.stall.watch(context, shut))?;
            if !this.is_sending() {
                return Poll::Ready(Ok(()));
            }
        }
        let linger = this.linger.get_or_insert_with(Linger::new);
        linger.poll(context, &mut this.inner).map(Ok)
    }
}

impl<S> Drop for StrictStream<S> {
    fn drop(&mut self) {
        self.wire.closed();
    }
}
