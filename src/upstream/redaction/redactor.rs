//! The same for an answer that comes in pieces.

use super::Redaction;
use bytes::{Bytes, BytesMut};

/// How much is looked through at a time. So much is held back in memory for each answer that
/// arrives, and the reach of a key beside it.
const BLOCK: usize = 64 * 1024;

/// Takes an answer piece by piece and gives it back without the key, wherever it was cut. Pieces
/// come out in their order and with their length in all unchanged.
pub(in super::super) struct Redactor<'a> {
    redaction: &'a Redaction,
    held: BytesMut,
    found: bool,
}

impl<'a> Redactor<'a> {
    /// Starts with an answer.
    pub(in super::super) fn new(redaction: &'a Redaction) -> Self {
        Self { redaction, held: BytesMut::new(), found: false }
    }

    /// Takes the next piece, and returns what is clean and complete by now. The end of it is held
    /// back, because a key may have begun there. `None` until there is enough to look through.
    pub(in super::super) fn push(&mut self, piece: &[u8]) -> Option<Bytes> {
        self.held.extend_from_slice(piece);
        // Not with each piece: what is held back would be searched anew each time, however small
        // the piece.
        if self.held.len() < BLOCK + self.redaction.reach() {
            return None;
        }
        self.found |= self.redaction.overwrite_start(&mut self.held);
        let clean = self.held.len() - self.redaction.reach();
        Some(self.held.split_to(clean).freeze())
    }

    /// Returns the rest, and whether the key was anywhere. The rest is clean too, and complete.
    pub(in super::super) fn finish(mut self) -> (Bytes, bool) {
        self.found |= self.redaction.overwrite(&mut self.held);
        (self.held.freeze(), self.found)
    }
}

#[cfg(test)]
mod tests;
