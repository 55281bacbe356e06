//! Where a chunked body ends, byte by byte.

use super::ProtocolFault;

/// The most bytes of chunk extensions in one chunk, and of all trailers.
const MAX_EXTRAS: usize = 8 * 1024;
/// Digits that fit a length of 64 bits.
const MAX_DIGITS: u8 = 15;

/// How far a chunked body has been followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunks {
    place: ChunkPosition,
    /// Bytes of the present chunk that are still to come.
    left: u64,
    /// Bytes of extensions or trailers so far.
    extras: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChunkPosition {
    Size { digits: u8 },
    Extension,
    SizeEnd,
    Data,
    DataReturn,
    DataEnd,
    TrailerStart,
    Trailer,
    TrailerEnd,
    LastEnd,
    Done,
}

impl Chunks {
    pub(super) const fn new() -> Self {
        Self { place: ChunkPosition::Size { digits: 0 }, left: 0, extras: 0 }
    }

    /// Says whether the whole body went by.
    pub(super) fn is_done(self) -> bool {
        self.place == ChunkPosition::Done
    }

    /// Follows `bytes` and returns how many of them belong to the body.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Result<usize, ProtocolFault> {
        let mut at = 0;
        while at < bytes.len() && !self.is_done() {
            at += if self.place == ChunkPosition::Data {
                self.follow_data(bytes.len() - at)
            } else {
                self.step(bytes[at])?;
                1
            };
        }
        Ok(at)
    }

    fn follow_data(&mut self, available: usize) -> usize {
        let taken = usize::try_from(self.left).unwrap_or(usize::MAX).min(available);
        self.left -= taken as u64;
        if self.left == 0 {
            self.place = ChunkPosition::DataReturn;
        }
        taken
    }

    fn step(&mut self, byte: u8) -> Result<(), ProtocolFault> {
        self.place = match (self.place, byte) {
            (ChunkPosition::Size { digits }, _) => self.size(digits, byte)?,
            (ChunkPosition::Extension, b'\r') => ChunkPosition::SizeEnd,
            // No line feed passes as part of an extension: to a reader that takes it for the end of the
            // line, a chunk begins where others still read the extension.
            (ChunkPosition::Extension, _) => self.extra(byte, ChunkPosition::Extension)?,
            (ChunkPosition::SizeEnd, b'\n') if self.left == 0 => ChunkPosition::TrailerStart,
            (ChunkPosition::SizeEnd, b'\n') => ChunkPosition::Data,
            (ChunkPosition::DataReturn, b'\r') => ChunkPosition::DataEnd,
            (ChunkPosition::DataEnd, b'\n') => {
                self.extras = 0;
                ChunkPosition::Size { digits: 0 }
            }
            (ChunkPosition::TrailerStart, b'\r') => ChunkPosition::LastEnd,
            (ChunkPosition::Trailer, b'\r') => ChunkPosition::TrailerEnd,
            (ChunkPosition::TrailerStart | ChunkPosition::Trailer, _) => {
                self.extra(byte, ChunkPosition::Trailer)?
            }
            (ChunkPosition::TrailerEnd, b'\n') => ChunkPosition::TrailerStart,
            (ChunkPosition::LastEnd, b'\n') => ChunkPosition::Done,
            _ => return Err(ProtocolFault::Chunks),
        };
        Ok(())
    }

    fn size(&mut self, digits: u8, byte: u8) -> Result<ChunkPosition, ProtocolFault> {
        match (byte, char::from(byte).to_digit(16)) {
            (_, Some(digit)) if digits < MAX_DIGITS => {
                self.left = self.left * 16 + u64::from(digit);
                Ok(ChunkPosition::Size { digits: digits + 1 })
            }
            // RFC 9112, 7.1.1, lets a recipient bear blanks here. Readers differ on them, and no client needs them.
            (b';', _) if digits > 0 => Ok(ChunkPosition::Extension),
            (b'\r', _) if digits > 0 => Ok(ChunkPosition::SizeEnd),
            _ => Err(ProtocolFault::Chunks),
        }
    }

    fn extra(&mut self, byte: u8, next: ChunkPosition) -> Result<ChunkPosition, ProtocolFault> {
        self.extras += 1;
        let is_text = byte == b'\t' || (byte >= b' ' && byte != 0x7f);
        if is_text && self.extras <= MAX_EXTRAS { Ok(next) } else { Err(ProtocolFault::Chunks) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(text: &str) -> Result<Option<usize>, ProtocolFault> {
        let mut chunks = Chunks::new();
        let taken = chunks.follow(text.as_bytes())?;
        Ok(chunks.is_done().then_some(taken))
    }

    #[test]
    fn a_chunked_body_ends_after_its_empty_chunk() {
        assert_eq!(follow("0\r\n\r\nGET"), Ok(Some(5)));
        assert_eq!(follow("3\r\nabc\r\n0\r\n\r\nGET"), Ok(Some(13)));
        let full = "00A;x=\"y\"\r\n0123456789\r\n0\r\nT: v\r\n\r\n";
        assert_eq!(follow(full), Ok(Some(full.len())));
        assert_eq!(follow("3\r\nab"), Ok(None));
    }

    #[test]
    fn a_chunk_that_breaks_the_rules_is_refused() {
        let broken = [
            "\r\n",
            "x\r\n",
            " 3\r\nabc\r\n",
            "3 \r\nabc\r\n",
            "0x3\r\nabc\r\n",
            "+3\r\nabc\r\n",
            "-1\r\n",
            "3\nabc\r\n",
            "3\rabc\r\n",
            "3\r\nabcd\r\n",
            "3\r\nabc\n0\r\n\r\n",
            "3;a\nb\r\nabc\r\n",
            "0\r\n\n",
            "0\r\nT: v\n\r\n",
            "ffffffffffffffff\r\n",
        ];
        for text in broken {
            assert_eq!(follow(text), Err(ProtocolFault::Chunks), "{text:?}");
        }
    }

    #[test]
    fn extensions_and_trailers_have_an_end() {
        let endless = format!("0\r\nT: {}", "v".repeat(MAX_EXTRAS));
        assert_eq!(follow(&endless), Err(ProtocolFault::Chunks));
    }
}
