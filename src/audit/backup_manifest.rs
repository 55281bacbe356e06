//! What is signed about a backup.

use super::{
    export::hash,
    trust::{Notary, NoteError, SignedNote, VerifierKey, moment},
};
use crate::{domain::Timestamp, store::ChainHead};
use std::fmt;

/// What the text begins with: no other text that is signed with the same key does.
const FIRST_LINE: &str = "ideogate backup v1";

/// Says what a backup holds and how far its record goes.
///
/// One manifest has one text, and is refused when it is written in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupManifest {
    /// The key of the log, which signs this too.
    pub key: VerifierKey,
    /// When it was made, by the gateway's clock.
    pub made_at: Timestamp,
    /// The last record in it.
    pub head: ChainHead,
    /// SHA-256 over all that stands before the last line, as it is unpacked.
    pub sha256: [u8; 32],
}

impl BackupManifest {
    /// Signs it. It must name the notary's key.
    pub fn signed(&self, notary: &Notary) -> SignedNote {
        notary.sign_text(self.to_string())
    }

    /// Reads the manifest of a note that the key which it names itself vouches for. Anybody can make such
    /// a key: whether it is believed is for the caller to ask.
    pub fn claimed(note: &SignedNote) -> Result<Self, NoteError> {
        let claimed = Self::of_text(note.text()).ok_or(NoteError::Malformed)?;
        note.verify([&claimed.key])?;
        Ok(claimed)
    }

    fn of_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let mut value = |name: &str| {
            let (found, value) = lines.next()?.split_once(' ')?;
            (found == name).then_some(value)
        };
        let key = value("key")?.parse().ok()?;
        let made_at = moment(value("made_at")?)?;
        let (seq, last) = value("head")?.split_once(' ')?;
        let head = ChainHead { seq: seq.parse().ok()?, hash: hash(last)? };
        let sha256 = hash(value("sha256")?)?;
        let read = Self { key, made_at, head, sha256 };
        // One manifest has one text: whatever is written otherwise is not ours.
        (read.to_string() == text).then_some(read)
    }
}

impl fmt::Display for BackupManifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, made_at, head, sha256 } = self;
        writeln!(f, "{FIRST_LINE}\nkey {key}\nmade_at {made_at}")?;
        writeln!(f, "head {} {}", head.seq, hex::encode(head.hash))?;
        writeln!(f, "sha256 {}", hex::encode(sha256))
    }
}
