//! How much a packed file has in it, told while it comes.

use std::{
    fmt,
    io::{self, Write},
};
use zstd::stream::write::Decoder;

/// Counts what the pieces of a packed file unpack to, for a bar. Nothing rests on it: whether they are a file
/// that proves itself is for whoever reads it whole.
pub struct PackedMeter(Decoder<'static, UnpackedBytes>);

/// Counts bytes, and lets them go.
struct UnpackedBytes(u64);

impl PackedMeter {
    /// Begins with nothing.
    pub fn new() -> io::Result<Self> {
        Ok(Self(Decoder::new(UnpackedBytes(0))?))
    }

    /// Takes the next piece, and returns how many bytes all of them unpack to.
    pub fn take(&mut self, piece: &[u8]) -> io::Result<u64> {
        self.0.write_all(piece)?;
        Ok(self.0.get_ref().0)
    }
}

impl Write for UnpackedBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for PackedMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedMeter").finish_non_exhaustive()
    }
}
