//! The last moment before TLS: the key takes the place of its stars.
//!
//! What writes HTTP keeps its buffers, and frees them unwiped. So it is given stars, as many as the key
//! has characters, and the key is put in their place here, in a buffer that is wiped.

use super::Credential;
use memchr::memmem;
use parking_lot::{Mutex, MutexGuard};
use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use zeroize::Zeroizing;

/// How the line with the key begins. A client's values hold no line break, so it cannot write one.
// In lower case, as hyper writes names. Told to write them otherwise, it would send nothing: see `place`.
const LINE: &[u8] = b"\r\napi-key: ";
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// A connection on which stars are written as the key. Writes nothing once the key is gone. What it
/// reads is passed on as it comes.
pub(super) struct KeyInjector<S> {
    socket: S,
    progress: HeadProgress,
    // Not an owner: a connection that is still open would keep a retired key in memory.
    key: Weak<Credential>,
}

/// Where in a request the writing is.
#[derive(Debug, Clone)]
pub(super) struct HeadProgress(Arc<Mutex<HeadStage>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeadStage {
    /// The head comes next.
    Head,
    /// So many bytes of the head come before the key.
    Before(usize),
    /// So much of the key is written.
    Key(usize),
    /// The key is written; all that follows goes out as it is.
    Rest,
}

impl HeadProgress {
    /// A new request begins. The head of the next request must have the stars again.
    pub(super) fn begin(&self) {
        *self.lock() = HeadStage::Head;
    }

    fn lock(&self) -> MutexGuard<'_, HeadStage> {
        self.0.lock()
    }
}

/// The start of a buffer with the key in it. It is wiped when it is dropped, whether or not all of
/// it was written.
struct Patch {
    text: Zeroizing<Vec<u8>>,
    /// How much of the buffer comes before the key.
    start: usize,
    /// How much of the key was written before.
    written: usize,
    /// How long the key is.
    whole: usize,
}

impl Patch {
    /// Returns the stage when `count` bytes more are written.
    fn after(&self, count: usize) -> HeadStage {
        if count < self.start {
            return HeadStage::Before(self.start - count);
        }
        let written = self.written + (count - self.start);
        if written < self.whole { HeadStage::Key(written) } else { HeadStage::Rest }
    }
}

impl<S> KeyInjector<S> {
    /// Writes the key on `socket`.
    pub(super) fn new(socket: S, key: Weak<Credential>) -> Self {
        Self { socket, progress: HeadProgress(Arc::new(Mutex::new(HeadStage::Head))), key }
    }

    /// Returns what is told when a request begins.
    pub(super) fn progress(&self) -> HeadProgress {
        self.progress.clone()
    }

    /// Returns the start of `buffer` as it is to be written; `None` where it holds no part of a key.
    fn patch(&self, stage: HeadStage, buffer: &[u8]) -> io::Result<Option<Patch>> {
        if stage == HeadStage::Rest {
            return Ok(None);
        }
        let Some(credential) = self.key.upgrade() else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        credential.read(|key| {
            let (start, written) = match stage {
                HeadStage::Before(bytes) => (bytes, 0),
                HeadStage::Key(written) => (0, written),
                // hyper keeps a head in one buffer, so the line is whole here. If that ever changes,
                // `place` refuses, and no stars go out as a key.
                _ => (place(buffer, key.len())?, 0),
            };
            let rest = &key[written..];
            let end = buffer.len().min(start + rest.len());
            let mut text = Zeroizing::new(buffer[..end].to_vec());
            // Nothing of the key where the writer was cut short before it: that part of the head
            // goes out alone.
            let part = text.get_mut(start..).unwrap_or_default();
            part.copy_from_slice(&rest[..part.len()]);
            Ok(Some(Patch { text, start, written, whole: key.len() }))
        })
    }
}

/// Returns where the stars are. A head without them is a fault of ours, and must not go out. The
/// first line that names the key is the one: it must be in the head and in one buffer with all its
/// stars.
fn place(head: &[u8], stars: usize) -> io::Result<usize> {
    // No further than the head goes: its body is the client's, and may hold the same line.
    let end = memmem::find(head, END_OF_HEAD).unwrap_or(head.len());
    let line = memmem::find(&head[..end], LINE);
    let place = line.map_or(end, |line| line + LINE.len());
    let value = head.get(place..place + stars).unwrap_or_default();
    if value.is_empty() || value.iter().any(|byte| *byte != b'*') {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(place)
}

impl<S: AsyncRead + Unpin> AsyncRead for KeyInjector<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for KeyInjector<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        // hyper writes in either way, and the stages must not be kept twice.
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stage = *self.progress.lock();
        // An empty slice in front would be taken for a head without stars, and refused.
        let first = slices.iter().position(|slice| !slice.is_empty()).unwrap_or(slices.len());
        let patch = match slices.get(first) {
            Some(buffer) => self.patch(stage, buffer)?,
            None => None,
        };
        let Some(patch) = patch else {
            return Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        };
        // All that follows the key goes along, so that a request leaves in the writes that hyper chose.
        let mut patched = vec![IoSlice::new(&patch.text)];
        let after = slices[first].get(patch.text.len()..).unwrap_or_default();
        patched.push(IoSlice::new(after));
        patched.extend(slices[first + 1..].iter().map(|slice| IoSlice::new(slice)));
        let written = ready!(Pin::new(&mut self.socket).poll_write_vectored(cx, &patched))?;
        // By what was really written: a write may end anywhere, also within the key.
        *self.progress.lock() = patch.after(written);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;
    use tokio::io::AsyncWriteExt;

    const HEAD: &[u8] =
        b"POST /v1?x=api-key:%20*** HTTP/1.1\r\naccept: api-key: *******\r\napi-key: *******\r\n\r\n";
    const SENT: &[u8] =
        b"POST /v1?x=api-key:%20*** HTTP/1.1\r\naccept: api-key: *******\r\napi-key: the-key\r\n\r\n";

    /// Takes so many bytes at a time, of the first slice that has any.
    struct Slow(usize, Vec<u8>);

    impl AsyncWrite for Slow {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _cx: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let taken = bytes.len().min(self.0);
            self.1.extend_from_slice(&bytes[..taken]);
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn credential() -> Arc<Credential> {
        Arc::new(Credential::new(SecretString::from("the-key")).unwrap())
    }

    #[tokio::test]
    async fn stars_are_written_as_the_key_however_the_writing_is_cut() {
        let key = credential();
        for at_a_time in 1..=HEAD.len() + 5 {
            let mut wire = KeyInjector::new(Slow(at_a_time, Vec::new()), Arc::downgrade(&key));
            for _ in 0..2 {
                wire.progress().begin();
                wire.write_all(HEAD).await.unwrap();
                wire.write_all(b"\r\napi-key: *******\r\n\r\n").await.unwrap();
            }
            let body = b"\r\napi-key: *******\r\n\r\n";
            let twice = [SENT, body, SENT, body].concat();
            assert_eq!(wire.socket.1, twice, "{at_a_time} at a time");
        }
    }

    #[tokio::test]
    async fn head_and_body_in_one_buffer_keep_their_lengths() {
        let key = credential();
        let mut wire = KeyInjector::new(Slow(usize::MAX, Vec::new()), Arc::downgrade(&key));
        let both = [HEAD, b"api-key: *******"].concat();
        wire.write_all(&both).await.unwrap();
        assert_eq!(wire.socket.1, [SENT, b"api-key: *******"].concat());
    }

    #[tokio::test]
    async fn nothing_is_written_without_stars_or_without_a_key() {
        let key = credential();
        let mut wire = KeyInjector::new(Slow(9, Vec::new()), Arc::downgrade(&key));
        for head in
            [&b"GET / HTTP/1.1\r\n\r\napi-key: *******"[..], b"GET /\r\napi-key: ****x**\r\n\r\n"]
        {
            let refused = wire.write_all(head).await.unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        }
        drop(key);
        let refused = wire.write_all(HEAD).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::BrokenPipe);
        assert!(wire.socket.1.is_empty());
    }
}
