//! Writing a segment, record by record.

use super::{
    KeptDigest, SegmentManifest,
    form::{SegmentHeader, SegmentLine, VERSION},
};
use crate::{
    audit::{
        HashChain, IntegrityError,
        packed::{PackedWriter, SignedEnd},
        trust::{Notary, SignedCheckpoint, SignedNote, VerifierKey},
    },
    domain::Timestamp,
    store::{ChainHasher, ChainHead, SealedRecord},
};
use std::io::{self, Write};

/// What a segment is of.
#[derive(Debug, Clone)]
pub struct SegmentSubject {
    /// The key of the log.
    pub key: VerifierKey,
    /// When it is made.
    pub created: Timestamp,
    /// The record before the first.
    pub before: ChainHead,
    /// The number of the last record.
    pub last: u64,
}

/// A segment was not written. What is there of it is no segment.
#[derive(Debug, thiserror::Error)]
pub enum SegmentWriteError {
    /// It cannot be written.
    #[error("the segment cannot be written")]
    Io(#[from] io::Error),
    /// A record is not as it was written, or not the next one: nothing of it may leave the database.
    #[error("record {seq}: {problem}")]
    Record {
        /// The number that was due.
        seq: u64,
        /// What is wrong.
        problem: IntegrityError,
    },
}

/// Writes a segment, and checks each record on its way: what is not as it was written is not put away.
pub struct SegmentWriter<W: Write> {
    out: PackedWriter<W>,
    subject: SegmentSubject,
    head: ChainHead,
    times: Option<(Timestamp, Timestamp)>,
    kept: KeptDigest,
}

impl<W: Write> SegmentWriter<W> {
    /// Writes what comes before the records.
    pub fn begin(subject: SegmentSubject, out: W) -> io::Result<Self> {
        let mut out = PackedWriter::begin(out)?;
        let header = SegmentHeader {
            ideogate_segment: VERSION,
            key: subject.key.to_string(),
            created: subject.created.to_string(),
            first: subject.before.seq + 1,
            last: subject.last,
            prev_hash: hex::encode(subject.before.hash),
        };
        let (head, kept) = (subject.before, KeptDigest::default());
        out.line(&header)?;
        Ok(Self { out, subject, head, times: None, kept })
    }

    /// Writes the next record.
    pub fn record(&mut self, sealed: &SealedRecord) -> Result<(), SegmentWriteError> {
        let seq = self.head.seq + 1;
        let bad = |problem| SegmentWriteError::Record { seq, problem };
        if sealed.seq != seq {
            return Err(bad(IntegrityError::Missing(sealed.seq.cast_signed())));
        }
        if sealed.prev_hash != self.head.hash {
            return Err(bad(IntegrityError::Unlinked));
        }
        if HashChain.seal(seq, &sealed.prev_hash, &sealed.bytes) != sealed.hash {
            return Err(bad(IntegrityError::Changed));
        }
        // Taken over as it stands: written anew, it might not be the bytes that were hashed.
        let record = serde_json::from_slice(&sealed.bytes)
            .map_err(|error| bad(IntegrityError::Unreadable(error.to_string().into())))?;
        self.out.line(&SegmentLine { seq, hash: hex::encode(sealed.hash), record })?;
        self.head = ChainHead { seq, hash: sealed.hash };
        self.kept.see(&sealed.record, &sealed.hash);
        let at = sealed.record.at;
        let (from, to) = self.times.unwrap_or((at, at));
        self.times = Some((from.min(at), to.max(at)));
        Ok(())
    }

    /// Returns the last record that was written.
    pub fn head(&self) -> ChainHead {
        self.head
    }

    /// Writes the end, and returns what was written to and what is signed about it. The checkpoint must be
    /// of the last record.
    pub fn end(
        self,
        notary: &Notary,
        checkpoint: &SignedCheckpoint,
    ) -> Result<(W, SignedNote), SegmentWriteError> {
        let (SegmentSubject { key, created, before, last }, head) =
            (self.subject.clone(), self.head);
        if head.seq != last || checkpoint.checkpoint.head != head {
            let problem = IntegrityError::EndMissing(last);
            return Err(SegmentWriteError::Record { seq: head.seq + 1, problem });
        }
        let (first_at, last_at) = self.times.unwrap_or((created, created));
        let manifest = SegmentManifest {
            key,
            created,
            first: before.seq + 1,
            last: head,
            prev_hash: before.hash,
            first_at,
            last_at,
            kept: self.kept.sum(),
            sha256: self.out.digest(),
        };
        let manifest = notary.sign_text(manifest.to_string());
        let end = SignedEnd { manifest: manifest.clone(), checkpoint: checkpoint.note.clone() };
        Ok((self.out.end(&end)?, manifest))
    }
}

impl<W: Write> std::fmt::Debug for SegmentWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentWriter").field("head", &self.head).finish_non_exhaustive()
    }
}
