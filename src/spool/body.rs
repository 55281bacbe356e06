//! Sending a body.

use super::place::{ContentPlace, SpooledContent};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::{
    fmt,
    future::Future,
    io::{self, SeekFrom},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// What is read from disk at once. It is what one body takes in memory while it is sent from disk.
const CHUNK: usize = 64 << 10;

type BodyReading = Pin<Box<dyn Future<Output = io::Result<Bytes>> + Send + Sync>>;

/// A body on its way out: one piece when it is in memory, 64 KiB at a time when it is on disk.
///
/// It reads the disk off the runtime, and only as fast as it is asked for more. Any number may send
/// one body at once. Dropped in the middle, even of a read, it harms no other body of the same
/// spool. An error of the disk ends it before its announced length, which whoever sends it must
/// take for a failure.
pub struct SpoolBody {
    content: Arc<SpooledContent>,
    position: u64,
    reading: Option<BodyReading>,
}

impl SpoolBody {
    pub(super) fn new(content: Arc<SpooledContent>) -> Self {
        Self { content, position: 0, reading: None }
    }

    fn remaining(&self) -> u64 {
        self.content.len() - self.position
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        if let ContentPlace::Memory(whole) = &self.content.place {
            return Poll::Ready(Ok(whole.clone()));
        }
        let next = || Box::pin(read(Arc::clone(&self.content), self.position)) as BodyReading;
        let reading = self.reading.get_or_insert_with(next);
        let chunk = ready!(reading.as_mut().poll(context));
        self.reading = None;
        Poll::Ready(chunk)
    }
}

impl Body for SpoolBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let body = self.get_mut();
        if body.is_end_stream() {
            return Poll::Ready(None);
        }
        let chunk = ready!(body.poll_chunk(context));
        if let Ok(chunk) = &chunk {
            body.position += chunk.len() as u64;
        }
        Poll::Ready(Some(chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining())
    }
}

impl fmt::Debug for SpoolBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpoolBody").field("remaining", &self.remaining()).finish_non_exhaustive()
    }
}

/// Reads the chunk at `position`, off the runtime. It reads exactly what is left or one chunk, and
/// fails if the file is shorter.
async fn read(content: Arc<SpooledContent>, position: u64) -> io::Result<Bytes> {
    let ContentPlace::Disk { file, stream } = &content.place else { return Ok(Bytes::new()) };
    let wanted = usize::try_from(content.len() - position).unwrap_or(CHUNK).min(CHUNK);
    let mut chunk = vec![0; wanted];
    // Held while the chunk is read: it is the file's position that is guarded. Nobody waits for it
    // but another body of this same spool.
    let mut stream = stream.lock().await;
    let stream = match &mut *stream {
        Some(stream) => stream,
        unopened => {
            let mut opened = tokio::fs::File::from_std(file.try_clone()?);
            opened.set_max_buf_size(CHUNK);
            unopened.insert(opened)
        }
    };
    stream.seek(SeekFrom::Start(position)).await?;
    stream.read_exact(&mut chunk).await?;
    Ok(chunk.into())
}
