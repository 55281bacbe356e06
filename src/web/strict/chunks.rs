//! Where a chunked body ends, byte by byte.

use super::Fault;

/// The most bytes of chunk extensions in one chunk, and of all trailers.
const MAX_EXTRAS: usize = 8 * 1024;
/// Digits that fit a length of 64 bits.
const MAX_DIGITS: u8 = 15;

/// How far a chunked body has been followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunks {
    place: Place,
    /// Bytes of the present chunk that are still to come.
    left: u64,
    /// Bytes of extensions or trailers so far.
    extras: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
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
        Self { place: Place::Size { digits: 0 }, left: 0, extras: 0 }
    }

    /// Says whether the whole body went by.
    pub(super) fn is_done(self) -> bool {
        self.place == Place::Done
    }

    /// Follows `bytes` and returns how many of them belong to the body.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        let mut at = 0;
        while at < bytes.len() && !self.is_done() {
            at += if self.place == Place::Data {
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
            self.place = Place::DataReturn;
        }
        taken
    }

    fn step(&mut self, byte: u8) -> Result<(), Fault> {
        self.place = match (self.place, byte) {
            (Place::Size { digits }, _) => self.size(digits, byte)?,
            (Place::Extension, b'\r') => Place::SizeEnd,
            (Place::Extension, _) => self.extra(byte, Place::Extension)?,
            (Place::SizeEnd, b'\n') if self.left == 0 => Place::TrailerStart,
            (Place::SizeEnd, b'\n') => Place::Data,
            (Place::DataReturn, b'\r') => Place::DataEnd,
            (Place::DataEnd, b'\n') => {
                self.extras = 0;
                Place::Size { digits: 0 }
            }
            (Place::TrailerStart, b'\r') => Place::LastEnd,
            (Place::Trailer, b'\r') => Place::TrailerEnd,
            (Place::TrailerStart | Place::Trailer, _) => self.extra(byte, Place::Trailer)?,
            (Place::TrailerEnd, b'\n') => Place::TrailerStart,
            (Place::LastEnd, b'\n') => Place::Done,
            _ => return Err(Fault::Chunks),
        };
        Ok(())
    }

    fn size(&mut self, digits: u8, byte: u8) -> Result<Place, Fault> {
        match (byte, char::from(byte).to_digit(16)) {
            (_, Some(digit)) if digits < MAX_DIGITS => {
                self.left = self.left * 16 + u64::from(digit);
                Ok(Place::Size { digits: digits + 1 })
            }
            (b';', _) if digits > 0 => Ok(Place::Extension),
            (b'\r', _) if digits > 0 => Ok(Place::SizeEnd),
            _ => Err(Fault::Chunks),
        }
    }

    fn extra(&mut self, byte: u8, next: Place) -> Result<Place, Fault> {
        self.extras += 1;
        let is_text = byte == b'\t' || (byte >= b' ' && byte != 0x7f);
        if is_text && self.extras <= MAX_EXTRAS { Ok(next) } else { Err(Fault::Chunks) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(text: &str) -> Result<Option<usize>, Fault> {
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
            assert_eq!(follow(text), Err(Fault::Chunks), "{text:?}");
        }
    }

    #[test]
    fn extensions_and_trailers_have_an_end() {
        let endless = format!("0\r\nT: {}", "v".repeat(MAX_EXTRAS));
        assert_eq!(follow(&endless), Err(Fault::Chunks));
    }
}
