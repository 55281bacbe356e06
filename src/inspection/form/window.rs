//! The part of a body that is in view.
//!
//! It never holds more than 64 KiB of a body.

use crate::inspection::InspectionError;
use std::io::{ErrorKind, Read};

/// What is in view at once, at most.
pub(super) const WIDEST: usize = 64 << 10;

/// Moves over a body and shows what is next of it.
///
/// It moves forward only.
pub(super) struct BodyWindow<'s> {
    /// Where more comes from.
    source: &'s mut dyn Read,
    /// What is in view, between `start` and `end`.
    buffer: Box<[u8]>,
    /// Where the view begins in the buffer.
    start: usize,
    /// Where it ends.
    end: usize,
}

impl<'s> BodyWindow<'s> {
    /// Returns the view of a body's beginning, with nothing in view yet.
    pub(super) fn new(source: &'s mut dyn Read) -> Self {
        Self { source, buffer: vec![0; WIDEST].into(), start: 0, end: 0 }
    }

    /// Returns what is in view.
    ///
    /// Those are the next bytes of the body; it may have more.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Moves on by `bytes`, which must be in view.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.start = self.end.min(self.start + bytes);
    }

    /// Brings more into view; returns false when there is no more, or no more fits.
    ///
    /// It may block for the disk. An interrupted read is tried again; any other error is the gateway's fault.
    pub(super) fn widen(&mut self) -> Result<bool, InspectionError> {
        if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(InspectionError::Unreadable(error)),
            }
        }
    }

    /// Brings at least `bytes` into view if the body has that many left.
    ///
    /// Where the body has less left, all of that is returned.
    pub(super) fn widen_to(&mut self, bytes: usize) -> Result<&[u8], InspectionError> {
        while self.bytes().len() < bytes && self.widen()? {}
        Ok(self.bytes())
    }
}
