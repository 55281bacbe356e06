//! Reading a packed file, which may be anybody's.

use super::{PackedProblem, measured::Measured};
use serde_json::Value;
use std::{
    fmt,
    io::{self, BufRead, BufReader, Read},
};
use zstd::stream::read::Decoder;

/// The most memory that a file may ask for to be unpacked, as a power of two: 8 MiB.
const MOST_WINDOW: u32 = 23;

/// The longest line there is; more than the largest record. So a file that unpacks to more than it should
/// does not fill the memory.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Unpacks a file as it is read, and knows at its end how large it was. What comes out of it is whatever
/// somebody packed.
pub struct PackedReader<R: Read> {
    unpacked: BufReader<Decoder<'static, BufReader<Measured<R>>>>,
}

impl<R: Read> PackedReader<R> {
    /// Opens a file; nothing of it is judged yet.
    pub fn open(file: R) -> Result<Self, PackedProblem> {
        let mut unpacked =
            Decoder::with_buffer(BufReader::new(Measured::new(file)))?.single_frame();
        unpacked.window_log_max(MOST_WINDOW)?;
        Ok(Self { unpacked: BufReader::with_capacity(1 << 16, unpacked) })
    }

    /// Reads a line with its end; `None` where the file ends before it.
    pub fn line(&mut self) -> Result<Option<String>, PackedProblem> {
        let mut bytes = Vec::new();
        self.unpacked.by_ref().take(MOST_BYTES).read_until(b'\n', &mut bytes)?;
        match bytes.last() {
            None => Ok(None),
            Some(b'\n') => {
                String::from_utf8(bytes).map(Some).map_err(|_| PackedProblem::OtherContent)
            }
            Some(_) => Err(PackedProblem::CutOff),
        }
    }

    /// Reads the first line, which says what the file is; `None` where it says nothing that can be read.
    pub fn first_line(&mut self) -> Result<Option<String>, PackedProblem> {
        match self.line() {
            Err(PackedProblem::Damaged(_) | PackedProblem::OtherContent) => Ok(None),
            read => read,
        }
    }

    /// Reads what is left, which must be nothing, and returns the bytes of the file and SHA-256 over them.
    pub fn end(mut self) -> Result<(u64, [u8; 32]), PackedProblem> {
        // Reads to the end of the frame too, so that its checksum is held against it.
        let is_more = |read: usize| read > 0;
        if is_more(self.unpacked.read(&mut [0; 1])?) {
            return Err(PackedProblem::OtherContent);
        }
        let mut file = self.unpacked.into_inner().finish();
        if is_more(file.read(&mut [0; 1])?) {
            return Err(PackedProblem::OtherContent);
        }
        Ok(file.get_ref().sum())
    }
}

impl<R: Read> Read for PackedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.unpacked.read(into)
    }
}

impl<R: Read> fmt::Debug for PackedReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackedReader").finish_non_exhaustive()
    }
}

/// Returns the version of its form that a first line says, under the name of that form. It is looked at
/// before anything else in the line, of which a newer version may have more.
pub fn form_version(line: &str, form: &str) -> Option<u64> {
    let line: Value = serde_json::from_str(line).ok()?;
    line.get(form)?.as_u64()
}
