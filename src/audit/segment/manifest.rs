//! What is signed about a segment.

use crate::{
    audit::{
        export::hash,
        trust::{NoteError, SignedNote, VerifierKey, moment},
    },
    domain::Timestamp,
    store::ChainHead,
};
use std::fmt;

/// What the text begins with: neither a checkpoint nor the manifest of an export does, so that none can
/// be mistaken for another. All are signed with the same key.
const FIRST_LINE: &str = "ideogate audit segment v1";

/// Says which records left the database on purpose, and what is in their file. A checkpoint alone does
/// not say it: there is one of every thousandth record.
///
/// One manifest has one text, and is refused when it is written in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentManifest {
    /// The key of the log, which signs this too.
    pub key: VerifierKey,
    /// When it was made, by the gateway's clock.
    pub created: Timestamp,
    /// The number of the first record.
    pub first: u64,
    /// The last record.
    pub last: ChainHead,
    /// The hash of the record before the first.
    pub prev_hash: [u8; 32],
    /// The earliest time of a record.
    pub first_at: Timestamp,
    /// The latest time of a record.
    pub last_at: Timestamp,
    /// The changes in it that the database keeps: how many, and SHA-256 over their hashes.
    pub kept: (u64, [u8; 32]),
    /// SHA-256 over all lines before the last, as they are unpacked.
    pub sha256: [u8; 32],
}

impl SegmentManifest {
    /// Reads the manifest that a note vouches for. One that names another key than the one that signed
    /// it is [`NoteError::Malformed`].
    pub fn verified<'k>(
        note: &SignedNote,
        trusted: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Self, NoteError> {
        let (text, key) = note.verify(trusted)?;
        let read = Self::of_text(text).filter(|read| read.key == *key);
        read.ok_or(NoteError::Malformed)
    }

    /// Reads the manifest of a note that the key which it names itself vouches for. Anybody can make such
    /// a key: whether it is believed is for the caller to ask.
    pub fn claimed(note: &SignedNote) -> Result<Self, NoteError> {
        let claimed = Self::of_text(note.text()).ok_or(NoteError::Malformed)?;
        Self::verified(note, [&claimed.key])
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
        let created = moment(value("created")?)?;
        let first = value("first")?.parse().ok()?;
        let seq = value("last")?.parse().ok()?;
        let prev_hash = hash(value("prev_hash")?)?;
        let last = ChainHead { seq, hash: hash(value("hash")?)? };
        let (first_at, last_at) = (moment(value("first_at")?)?, moment(value("last_at")?)?);
        let (count, kept) = value("kept")?.split_once(' ')?;
        let kept = (count.parse().ok()?, hash(kept)?);
        let sha256 = hash(value("sha256")?)?;
        let read = Self { key, created, first, last, prev_hash, first_at, last_at, kept, sha256 };
        // One manifest has one text: whatever is written otherwise is not ours.
        (read.to_string() == text).then_some(read)
    }
}

impl fmt::Display for SegmentManifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, created, first, last, prev_hash, first_at, last_at, kept, sha256 } = self;
        writeln!(f, "{FIRST_LINE}\nkey {key}\ncreated {created}\nfirst {first}")?;
        writeln!(f, "last {}\nprev_hash {}", last.seq, hex::encode(prev_hash))?;
        writeln!(f, "hash {}", hex::encode(last.hash))?;
        writeln!(f, "first_at {first_at}\nlast_at {last_at}")?;
        writeln!(f, "kept {} {}\nsha256 {}", kept.0, hex::encode(kept.1), hex::encode(sha256))
    }
}
