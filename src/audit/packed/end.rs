//! The last line: what is signed about all lines before it.

use super::PackedProblem;
use crate::audit::trust::{Checkpoint, CheckpointError, NoteError, SignedNote, VerifierKey};
use serde::{Deserialize, Serialize};

/// The notes of the last line, none of which is verified.
#[derive(Debug, Clone)]
pub struct SignedEnd {
    /// Says what the file holds.
    pub manifest: SignedNote,
    /// Says where the record ended.
    pub checkpoint: SignedNote,
}

/// The line. Both notes are whole, with their signatures.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndLine {
    manifest: String,
    checkpoint: String,
}

impl SignedEnd {
    /// What the line begins with. No other line of such a file does.
    pub const BEGINS: &str = "{\"manifest\":";

    pub(super) fn line(&self) -> EndLine {
        let (manifest, checkpoint) = (self.manifest.to_string(), self.checkpoint.to_string());
        EndLine { manifest, checkpoint }
    }

    /// Reads the line.
    pub fn of_line(line: &str) -> Result<Self, PackedProblem> {
        let end: EndLine = serde_json::from_str(line).map_err(|_| PackedProblem::OtherContent)?;
        let (manifest, checkpoint) = (&end.manifest, &end.checkpoint);
        let (manifest, checkpoint) = (SignedNote::parse(manifest)?, SignedNote::parse(checkpoint)?);
        Ok(Self { manifest, checkpoint })
    }

    /// Returns the checkpoint, if this key signed it.
    pub fn checkpoint_by(&self, key: &VerifierKey) -> Result<Checkpoint, PackedProblem> {
        let unsigned = |why| match why {
            CheckpointError::Note(why) => PackedProblem::Unsigned(why),
            CheckpointError::OtherText => PackedProblem::Unsigned(NoteError::Malformed),
        };
        Checkpoint::verified(&self.checkpoint, [key]).map_err(unsigned)
    }
}
