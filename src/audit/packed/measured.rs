//! Bytes of a file, counted and digested while they are read.

use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// Reads, and knows at the end how much it was and what its digest is.
#[derive(Debug)]
pub(super) struct Measured<R> {
    from: R,
    bytes: u64,
    digest: Sha256,
}

impl<R: Read> Measured<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, bytes: 0, digest: Sha256::new() }
    }

    /// Returns the bytes that were read, and SHA-256 over them.
    pub(super) fn sum(&self) -> (u64, [u8; 32]) {
        (self.bytes, self.digest.clone().finalize().into())
    }
}

impl<R: Read> Read for Measured<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.bytes += read as u64;
        self.digest.update(&into[..read]);
        Ok(read)
    }
}
