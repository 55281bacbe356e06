//! What a signature is put under: where the chain ended at a moment.

use super::{NoteError, SignedNote, VerifierKey};
use crate::{domain::Timestamp, store::ChainHead};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize, de::value::StrDeserializer};
use std::fmt;

/// A head of the chain, and when it was signed.
///
/// As text it has four lines: the log's origin, the number of records, the hash of the last of them in
/// base64, and the time. The first three are as in <https://c2sp.org/tlog-checkpoint>, but the hash is the
/// chain's and not a tree's. One checkpoint has exactly one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log; also the name of the key that signs it.
    pub origin: Box<str>,
    /// Where the chain ended.
    pub head: ChainHead,
    /// When it was signed, by the gateway's clock. It is what the gateway says, and no proof of the
    /// time.
    pub at: Timestamp,
}

/// A note is no checkpoint that can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note itself proves nothing.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// It is signed, but its text is no checkpoint of the log that signed it.
    #[error("it is signed, but says something else than a checkpoint does")]
    OtherText,
}

impl Checkpoint {
    /// Reads the checkpoint that a note vouches for. A checkpoint of another origin than the
    /// signing key's name is [`CheckpointError::OtherText`], whoever is trusted.
    pub fn verified<'k>(
        note: &SignedNote,
        trusted: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Self, CheckpointError> {
        let (text, key) = note.verify(trusted)?;
        let read = Self::of_text(text).filter(|read| *read.origin == *key.name());
        read.ok_or(CheckpointError::OtherText)
    }

    /// Returns the number of the last record that it covers.
    pub fn seq(&self) -> u64 {
        self.head.seq
    }

    fn of_text(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = lines.next()?.into();
        let seq: u64 = lines.next()?.parse().ok()?;
        let hash = STANDARD.decode(lines.next()?).ok()?.try_into().ok()?;
        let at = moment(lines.next()?)?;
        let read = Self { origin, head: ChainHead { seq, hash }, at };
        // One checkpoint has one text: whatever is written otherwise is not ours.
        (lines.next().is_none() && read.to_string() == text).then_some(read)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, head, at } = self;
        writeln!(f, "{origin}\n{}\n{}\n{at}", head.seq, STANDARD.encode(head.hash))
    }
}

/// A checkpoint with its note, as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What is said.
    pub checkpoint: Checkpoint,
    /// The same, signed.
    pub note: SignedNote,
}

/// A checkpoint as JSON: what the note says once more, for those who only look.
#[derive(Debug, Serialize, Deserialize)]
struct CheckpointLine {
    seq: u64,
    hash: String,
    time: Timestamp,
    note: String,
}

impl SignedCheckpoint {
    /// Returns it as one JSON object without a line's end, in printable ASCII. Only the note in it
    /// proves anything; the other fields can be read without decoding it.
    pub fn json(&self) -> String {
        let Checkpoint { head, at, .. } = &self.checkpoint;
        let note = self.note.to_string();
        let line = CheckpointLine { seq: head.seq, hash: hex::encode(head.hash), time: *at, note };
        // There is no map in it whose keys are not text, so this cannot fail.
        let json = serde_json::to_string(&line).unwrap_or_default();
        crate::audit::line::Ascii(&json).to_string()
    }

    /// Returns it as a line on stdout, beside those that begin with `[AUDIT]`. No record's line
    /// begins like it.
    pub fn line(&self) -> String {
        format!("[CHECKPOINT] {}", self.json())
    }
}

/// Reads a moment in RFC 3339.
pub(in crate::audit) fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::deserialize(StrDeserializer::<serde::de::value::Error>::new(text)).ok()
}
