//! A body at rest.

use super::{
    SpoolBody, SpoolReader,
    place::{ContentPlace, SpooledContent},
    share::Share,
};
use bytes::Bytes;
use std::{
    fs::File,
    io::{self, Read},
    sync::Arc,
};
use tokio::sync::Mutex;

/// A whole body, in memory or in an unlinked file; clones share it.
///
/// What it takes from the budget is free again when the last clone, reader and body are gone.
///
/// A file has no name, so that nothing is left of a body after a crash, and nobody else can open
/// it. The content never changes.
#[derive(Debug, Clone)]
pub struct Spool(Arc<SpooledContent>);

impl Spool {
    /// Returns a spool of small content that the gateway made itself; no budget counts it. It stays
    /// in memory whatever its size.
    pub fn from_bytes(content: Bytes) -> Self {
        let len = content.len() as u64;
        Self(Arc::new(SpooledContent { len, place: ContentPlace::Memory(content), _share: None }))
    }

    /// The share must count at least its bytes.
    pub(super) fn in_memory(content: Bytes, share: Share) -> Self {
        let len = content.len() as u64;
        Self(Arc::new(SpooledContent {
            len,
            place: ContentPlace::Memory(content),
            _share: Some(share),
        }))
    }

    /// The file must hold exactly `len` bytes.
    pub(super) fn on_disk(file: File, len: u64, share: Share) -> Self {
        let place = ContentPlace::Disk { file, stream: Mutex::default() };
        Self(Arc::new(SpooledContent { len, place, _share: Some(share) }))
    }

    /// Returns the body's length in bytes. It is known without looking at the disk.
    pub fn len(&self) -> u64 {
        self.0.len
    }

    /// Says whether the body has no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    /// Returns the whole body without copying if it is in memory; `None` when reading it may wait
    /// for the disk. Never blocks.
    pub fn in_place(&self) -> Option<&Bytes> {
        match &self.0.place {
            ContentPlace::Memory(content) => Some(content),
            ContentPlace::Disk { .. } => None,
        }
    }

    /// Returns a reader of its own, at the body's start. Reading may wait for the disk. Call it
    /// where blocking is allowed, or where the body is in memory.
    pub fn reader(&self) -> SpoolReader {
        SpoolReader::new(Arc::clone(&self.0))
    }

    /// Returns the body for sending; it never blocks the runtime, and can be asked for again. Each
    /// one begins at the body's start, and says its exact length to whoever sends it.
    pub fn body(&self) -> SpoolBody {
        SpoolBody::new(Arc::clone(&self.0))
    }

    /// Returns the whole body if it has at most `max` bytes, without copying if it is in memory.
    /// Reading may wait for the disk. `None` for a larger one, of which nothing is read. From disk
    /// it is copied into memory that no budget counts, so `max` should be small.
    pub fn bytes(&self, max: u64) -> io::Result<Option<Bytes>> {
        if self.0.len > max {
            return Ok(None);
        }
        if let Some(content) = self.in_place() {
            return Ok(Some(content.clone()));
        }
        let mut content = Vec::with_capacity(usize::try_from(self.0.len).unwrap_or(0));
        self.reader().read_to_end(&mut content)?;
        Ok(Some(content.into()))
    }
}
