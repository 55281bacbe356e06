//! How long is waited for a client, in each of the ways in which it can be slow.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// A client that still sends when its answer is there is listened to, since closing then would
/// destroy the answer on its way: so long between two reads, and in all.
const LINGER_IDLE: Duration = Duration::from_secs(2);
const LINGER: Duration = Duration::from_secs(15);

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Timeouts {
    /// For a head, and for the first byte of a connection.
    pub(in crate::web) head: Duration,
    /// For the next request.
    pub(in crate::web) keep_alive: Duration,
    /// Between two moments at which it takes bytes of its answer.
    pub(in crate::web) answer_idle: Duration,
}

/// What took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// The rest of a head.
    Head,
    /// The next request.
    Request,
}

/// Ends the patience with a client that owes us a request.
///
/// Answers and heads come often and the end seldom, so the alarm is not moved by each of them:
/// when it rings, it is asked what it should have been set to.
#[derive(Debug)]
pub(super) struct IdleTimer {
    patience: Timeouts,
    had_request: bool,
    head_since: Option<Instant>,
    sleep: Pin<Box<Sleep>>,
}

impl IdleTimer {
    pub(super) fn new(patience: Timeouts) -> Self {
        let sleep = Box::pin(sleep_until(Instant::now() + patience.head));
        Self { patience, had_request: false, head_since: None, sleep }
    }

    /// Says whether the end of an answer may bring the end of patience nearer.
    pub(super) fn is_nearer_when_quiet(&self) -> bool {
        self.patience.keep_alive < self.patience.head
    }

    /// A head is there in part.
    pub(super) fn head_begins(&mut self) {
        if self.head_since.is_some() {
            return;
        }
        let now = Instant::now();
        self.head_since = Some(now);
        let due = now + self.patience.head;
        if due < self.sleep.deadline() {
            self.sleep.as_mut().reset(due);
        }
    }

    /// A head is there in whole.
    pub(super) fn head_ends(&mut self) {
        self.head_since = None;
        self.had_request = true;
    }

    /// Waits for the end of patience. `quiet_since` tells since when no request is at work, if so.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        quiet_since: impl Fn() -> Option<Instant>,
    ) -> Poll<Overdue> {
        // The alarm is set by the longer of the two spans that may come first, and rings in time for
        // the shorter one only if it is moved.
        if self.is_nearer_when_quiet()
            && let Some(due) = quiet_since().map(|since| self.due(since))
            && due < self.sleep.deadline()
        {
            self.sleep.as_mut().reset(due);
        }
        loop {
            ready!(self.sleep.as_mut().poll(context));
            let now = Instant::now();
            // While a request is at work, the client waits for us.
            let due = quiet_since().map_or(now + self.patience.head, |since| self.due(since));
            if due <= now {
                let in_head = self.head_since.is_some();
                return Poll::Ready(if in_head { Overdue::Head } else { Overdue::Request });
            }
            self.sleep.as_mut().reset(due);
        }
    }

    fn due(&self, quiet_since: Instant) -> Instant {
        match self.head_since {
            // A head that was sent ahead has its time from its turn on: before, nobody here went on with it.
            Some(since) => since.max(quiet_since) + self.patience.head,
            None if self.had_request => quiet_since + self.patience.keep_alive,
            None => quiet_since + self.patience.head,
        }
    }
}

/// Ends the patience with a client that takes nothing of its answer.
#[derive(Debug)]
pub(super) struct WriteTimeout {
    patience: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl WriteTimeout {
    pub(super) fn new(patience: Timeouts) -> Self {
        Self { patience: patience.answer_idle, sleep: None }
    }

    /// Passes on what came of writing, or fails when nothing came of it for too long.
    pub(super) fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.sleep = None;
            return written;
        }
        let until = Instant::now() + self.patience;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(until)));
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

/// Listens to a client that is in the midst of sending, until it stops or patience ends.
#[derive(Debug)]
pub(super) struct Linger {
    until: Instant,
    pause: Pin<Box<Sleep>>,
}

impl Linger {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { until: now + LINGER, pause: Box::pin(sleep_until(now + LINGER_IDLE)) }
    }

    pub(super) fn poll<S>(&mut self, context: &mut Context<'_>, stream: &mut S) -> Poll<()>
    where
        S: AsyncRead + Unpin,
    {
        let mut space = [0; 4096];
        loop {
            let mut waste = ReadBuf::new(&mut space);
            match Pin::new(&mut *stream).poll_read(context, &mut waste) {
                Poll::Ready(Ok(())) if !waste.filled().is_empty() => {
                    let now = Instant::now();
                    if now >= self.until {
                        return Poll::Ready(());
                    }
                    self.pause.as_mut().reset(self.until.min(now + LINGER_IDLE));
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return self.pause.as_mut().poll(context),
            }
        }
    }
}
