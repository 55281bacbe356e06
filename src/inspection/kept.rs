//! Bytes that are kept, up to a limit.
//!
//! The rest is counted out, so that a long value costs no more memory than a short one.

/// Keeps what it is given as long as it fits.
///
/// Once something did not fit, nothing of the whole is returned any more: half a value is none.
#[derive(Debug)]
pub(super) struct BoundedBuffer {
    /// What fitted.
    bytes: Vec<u8>,
    /// The most bytes that are kept.
    limit: usize,
    /// Whether everything that was given is kept.
    fits: bool,
    /// Whether everything that was given is ASCII.
    is_ascii: bool,
}

impl BoundedBuffer {
    /// Returns an empty one that keeps at most `limit` bytes.
    pub(super) fn up_to(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, fits: true, is_ascii: true }
    }

    /// Takes the next bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.is_ascii = self.is_ascii && bytes.is_ascii();
        // Never below zero: nothing is kept beyond the limit.
        self.fits &= bytes.len() <= self.limit - self.bytes.len();
        if self.fits {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Makes it as it was when it was new.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        (self.fits, self.is_ascii) = (true, true);
    }

    /// Returns everything that was given, or `None` if it was more than the limit.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        self.fits.then_some(&self.bytes)
    }

    /// Says whether everything that was given is ASCII, kept or not.
    pub(super) fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// Returns everything that was given, if it fitted and is UTF-8.
    pub(super) fn text(&self) -> Option<&str> {
        self.whole().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }
}
