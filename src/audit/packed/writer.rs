//! Writing a packed file.

use super::SignedEnd;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
    fmt,
    io::{self, Write},
};
use zstd::stream::write::Encoder;

/// How hard it is packed: beyond this level records get hardly smaller, and it takes many times as long.
const LEVEL: i32 = 3;

/// Packs what is written to it, and digests it before that.
pub struct PackedWriter<W: Write> {
    out: Encoder<'static, W>,
    digest: Sha256,
}

impl<W: Write> PackedWriter<W> {
    /// Begins a file. The first line is for the caller to write.
    pub fn begin(out: W) -> io::Result<Self> {
        let mut out = Encoder::new(out, LEVEL)?;
        out.include_checksum(true)?;
        Ok(Self { out, digest: Sha256::new() })
    }

    /// Writes a value as one line of JSON.
    pub fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.write_all(&line)
    }

    /// Returns SHA-256 over all that was written so far, as it was before it was packed.
    pub fn digest(&self) -> [u8; 32] {
        self.digest.clone().finalize().into()
    }

    /// Writes the last line, and returns what was written to.
    pub fn end(mut self, end: &SignedEnd) -> io::Result<W> {
        self.line(&end.line())?;
        self.out.finish()
    }
}

impl<W: Write> Write for PackedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> fmt::Debug for PackedWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedWriter").finish_non_exhaustive()
    }
}
