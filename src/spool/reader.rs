//! Reading a body in place.

use super::place::{ContentPlace, SpooledContent};
use std::{
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    sync::Arc,
};

/// Reads a body at its own position; any number may read one body at once. It keeps the body alive.
/// A clone goes on from the same position by itself. From memory nothing blocks; from disk each
/// read may.
#[derive(Debug, Clone)]
pub struct SpoolReader {
    content: Arc<SpooledContent>,
    position: u64,
}

impl SpoolReader {
    pub(super) fn new(content: Arc<SpooledContent>) -> Self {
        Self { content, position: 0 }
    }
}

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &self.content.place {
            ContentPlace::Memory(content) => {
                let start = usize::try_from(self.position).unwrap_or(usize::MAX);
                content.get(start..).unwrap_or_default().read(buffer)?
            }
            ContentPlace::Disk { file, .. } => file.read_at(buffer, self.position)?,
        };
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for SpoolReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.content.len().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
