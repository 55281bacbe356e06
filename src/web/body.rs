//! The body of an answer, of whatever kind.

use super::{
    delivery::{DeliveryEnd, DeliveryWatch},
    strict::{ConnectionNotes, Handed},
};
use crate::spool::SpoolBody;
use axum::{BoxError, body::Body as AxumBody};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::{
    fmt, io, mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// The body of an answer: some bytes, a spooled body, or any other stream; its end is told.
pub struct Body {
    content: AxumBody,
    /// Bytes there are, where that is known.
    len: Option<u64>,
    sent: u64,
    watches: Vec<DeliveryWatch>,
    wire: Option<Arc<ConnectionNotes>>,
    is_whole: bool,
}

impl Body {
    /// Returns a body without bytes.
    pub fn empty() -> Self {
        Self::full(Bytes::new())
    }

    /// Returns a body of these bytes.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        Self::new(AxumBody::from(bytes.into()))
    }

    /// Returns a body that reads a spool.
    pub fn spool(body: SpoolBody) -> Self {
        Self::stream(body)
    }

    /// Returns a body of any other kind.
    pub fn stream<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Self::new(AxumBody::new(body))
    }

    fn new(content: AxumBody) -> Self {
        // Hyper never polls a body that is at its end from the start: without the look now, an answer without
        // bytes would be dropped unread and told as given up.
        let (len, is_whole) = (content.size_hint().exact(), content.is_end_stream());
        Self { content, len, sent: 0, watches: Vec::new(), wire: None, is_whole }
    }

    /// Returns the content and those who wait for its delivery, to be put together again later.
    pub(super) fn into_parts(mut self) -> (AxumBody, Vec<DeliveryWatch>) {
        (mem::take(&mut self.content), mem::take(&mut self.watches))
    }

    /// Tells the end to those who waited for it before, too.
    pub(super) fn watched_by(mut self, watches: Vec<DeliveryWatch>) -> Self {
        self.watches.extend(watches);
        self
    }

    /// Calls `tell` exactly once, when the last byte was handed over or the body was given up.
    ///
    /// What it calls must be quick: it runs where the connection is driven.
    #[must_use]
    pub fn watched(mut self, tell: impl FnOnce(DeliveryEnd) + Send + 'static) -> Self {
        self.watches.push(DeliveryWatch::new(tell));
        self
    }

    /// Returns how many bytes there are, where that is known.
    pub fn len(&self) -> Option<u64> {
        self.len
    }

    /// Says whether it is known that there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == Some(0)
    }

    /// Tells the end of this body to the connection it leaves on.
    pub(super) fn leave_on(&mut self, wire: Arc<ConnectionNotes>) {
        self.wire = Some(wire);
    }

    /// Counts the body as delivered though nobody will read it, as in an answer to HEAD.
    pub(super) fn without_content(&mut self) {
        self.is_whole = true;
    }

    fn count(&mut self, frame: Option<&io::Result<Frame<Bytes>>>) {
        match frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.sent += bytes;
                self.watches.iter_mut().for_each(|watch| watch.count(bytes));
                // Hyper asks for no more once the announced length is there, so the `None` below need not come.
                self.is_whole = self.is_end_stream() || self.len == Some(self.sent);
            }
            Some(Err(_)) => {}
            None => self.is_whole = true,
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let frame = ready!(Pin::new(&mut self.content).poll_frame(context));
        let frame = frame.map(|frame| frame.map_err(io::Error::other));
        self.count(frame.as_ref());
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.content.size_hint()
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let watches = mem::take(&mut self.watches);
        match (&self.wire, self.is_whole) {
            (Some(wire), true) => {
                // Not whole yet for those who watch: hyper has the last byte, the operating system perhaps not.
                wire.answer_ends(Some(Handed::new(watches, mem::take(&mut self.content))));
            }
            // Counted although it was given up, or the next request on its connection would never be let through.
            (Some(wire), false) => wire.answer_ends(None),
            (None, true) => watches.into_iter().for_each(DeliveryWatch::whole),
            (None, false) => {}
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::full(bytes)
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::full(text)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("len", &self.len)
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::{BodyExt, StreamBody};
    use std::sync::mpsc;

    fn watched(body: Body) -> (Body, mpsc::Receiver<DeliveryEnd>) {
        let (tell, told) = mpsc::channel();
        (body.watched(move |delivery| tell.send(delivery).unwrap()), told)
    }

    #[tokio::test]
    async fn a_body_that_was_read_to_its_end_is_whole() {
        let (body, told) = watched(Body::full("four"));
        assert_eq!(body.len(), Some(4));
        assert_eq!(body.collect().await.unwrap().to_bytes(), "four");
        assert_eq!(told.recv(), Ok(DeliveryEnd::Whole));
        assert!(told.recv().is_err(), "told twice");
    }

    #[tokio::test]
    async fn a_body_that_is_dropped_before_its_end_is_gone_with_what_was_sent() {
        let frames = ["ab", "cd"].map(|text| Ok::<_, io::Error>(Frame::data(Bytes::from(text))));
        let stream = StreamBody::new(futures_util::stream::iter(frames));
        let (mut body, told) = watched(Body::stream(stream));
        body.frame().await.unwrap().unwrap();
        drop(body);
        assert_eq!(told.recv(), Ok(DeliveryEnd::Gone { sent: 2 }));
    }

    #[test]
    fn an_empty_body_is_whole_without_being_read() {
        let (body, told) = watched(Body::empty());
        drop(body);
        assert_eq!(told.recv(), Ok(DeliveryEnd::Whole));
        let (body, told) = watched(Body::full("never read"));
        drop(body);
        assert_eq!(told.recv(), Ok(DeliveryEnd::Gone { sent: 0 }));
    }
}
