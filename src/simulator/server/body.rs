//! The body of an answer, which may dribble.

use super::wire::Orders;
use crate::simulator::seen::{CallEnd, SeenEntry};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep};

/// How many bytes of a huge answer are made at once.
/// It is one static block, so that a huge answer costs no memory.
const BLOCK: &[u8] = &[b'x'; 16 << 10];

/// What an answer's body is made of.
#[derive(Debug)]
pub(super) enum AnswerContent {
    /// These bytes.
    Whole(Bytes),
    /// These bytes, a few at a time.
    Dribble {
        /// What is still to come.
        rest: Bytes,
        /// How many come at once.
        step: usize,
        /// How long each takes.
        every: Duration,
        /// When the next come.
        next: Option<Pin<Box<Sleep>>>,
    },
    /// So many bytes of JSON: a long text.
    Huge {
        /// What opens the text, until it has come.
        opening: Bytes,
        /// How many bytes are still to come, the opening apart.
        left: u64,
    },
}

/// The body of an answer; the call ends with it.
///
/// Dropping it before its end writes down that the client went away, unless it was to be broken.
#[derive(Debug)]
pub(super) struct AnswerBody {
    /// What is still to come.
    content: AnswerContent,
    /// The call that ends with it.
    entry: Option<SeenEntry>,
    /// How the call ends if all of it goes out.
    end: CallEnd,
    /// What to tell the wire after the last byte.
    hang_up: Option<Arc<Orders>>,
}

impl AnswerBody {
    /// Returns the body of the answer to the call of `entry`, which will have ended as `end`.
    pub(super) fn new(content: AnswerContent, entry: SeenEntry, end: CallEnd) -> Self {
        Self { content, entry: Some(entry), end, hang_up: None }
    }

    /// Returns a body that is not written down.
    pub(super) fn unseen(body: Bytes) -> Self {
        let content = AnswerContent::Whole(body);
        Self { content, entry: None, end: CallEnd::Answered, hang_up: None }
    }

    /// Hangs up after the last byte.
    pub(super) fn then_hang_up(mut self, orders: Arc<Orders>) -> Self {
        self.hang_up = Some(orders);
        self
    }
}

impl AnswerContent {
    /// Returns a text of JSON that is `bytes` long.
    ///
    /// The text is closed, so that it is JSON to its end.
    pub(super) fn huge(bytes: u64) -> Self {
        Self::Huge { opening: Bytes::from_static(b"\""), left: bytes.saturating_sub(1) }
    }

    /// Returns how many bytes are still to come.
    fn left(&self) -> u64 {
        match self {
            Self::Whole(rest) | Self::Dribble { rest, .. } => rest.len() as u64,
            Self::Huge { opening, left } => opening.len() as u64 + left,
        }
    }

    /// Returns the next bytes, never none while some are to come.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        match self {
            Self::Whole(rest) => Poll::Ready(std::mem::take(rest)),
            Self::Dribble { rest, step, every, next } => {
                let pause = next.get_or_insert_with(|| Box::pin(sleep(*every)));
                ready!(pause.as_mut().poll(context));
                *next = None;
                Poll::Ready(rest.split_to((*step).max(1).min(rest.len())))
            }
            Self::Huge { opening, .. } if !opening.is_empty() => {
                Poll::Ready(std::mem::take(opening))
            }
            Self::Huge { left: left @ 1, .. } => {
                *left = 0;
                Poll::Ready(Bytes::from_static(b"\""))
            }
            Self::Huge { left, .. } => {
                let most = usize::try_from(*left - 1).unwrap_or(usize::MAX).min(BLOCK.len());
                *left -= most as u64;
                Poll::Ready(Bytes::from_static(BLOCK).slice(..most))
            }
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    /// Never fails: what breaks an answer is the wire.
    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if this.content.left() == 0 {
            return Poll::Ready(None);
        }
        let bytes = ready!(this.content.poll(context));
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.content.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.content.left())
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        // The entry says that the client went away unless it is told otherwise.
        if self.content.left() > 0 && self.end == CallEnd::Answered {
            return;
        }
        if let Some(entry) = &mut self.entry {
            entry.ends(self.end);
        }
        if let Some(orders) = &self.hang_up {
            orders.hang_up();
        }
    }
}
