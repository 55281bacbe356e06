//! Bytes that are kept, up to a limit.

/// Keeps what it is given as long as it fits.
#[derive(Debug)]
pub(super) struct BoundedBuffer {
    bytes: Vec<u8>,
    limit: usize,
    fits: bool,
    is_ascii: bool,
}

impl BoundedBuffer {
    /// Returns an empty one that keeps at most `limit` bytes.
    pub(super) fn up_to(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, fits: true, is_ascii: true }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.is_ascii = self.is_ascii && bytes.is_ascii();
        self.fits &= bytes.len() <= self.limit - self.bytes.len();
        if self.fits {
            self.bytes.extend_from_slice(bytes);
        }
    }

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
