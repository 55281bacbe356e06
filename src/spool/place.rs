//! Where the bytes of a body are.

use super::share::Share;
use bytes::Bytes;
use std::fs::File;
use tokio::sync::Mutex;

/// The content of a spool. Readers and bodies hold it too, so it may outlive its spool.
#[derive(Debug)]
pub(super) struct SpooledContent {
    pub(super) len: u64,
    pub(super) place: ContentPlace,
    /// Given back when the content goes; gateway-made content takes none.
    pub(super) _share: Option<Share>,
}

/// Where the content of a spool is; it never moves once the spool is there.
#[derive(Debug)]
pub(super) enum ContentPlace {
    Memory(Bytes),
    Disk {
        /// Read at positions, by any number of readers at once.
        file: File,
        /// The same file for streaming, opened with the first body. Bodies take turns chunk by
        /// chunk, since reading off the runtime moves the file's own position.
        stream: Mutex<Option<tokio::fs::File>>,
    },
}

impl SpooledContent {
    /// Returns its length in bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }
}
