//! Reading a segment, record by record; each is held against its hash and the one before it.

use super::{
    KeptDigest, SegmentProblem,
    form::{FORM, SegmentHeader, SegmentLine, VERSION},
};
use crate::{
    audit::{
        HashChain, IntegrityError,
        export::hash,
        packed::{PackedProblem, PackedReader, SignedEnd, form_version},
        trust::VerifierKey,
    },
    domain::{AuditRecord, Timestamp},
    store::{ChainHasher, ChainHead, ChainLink, SealedRecord},
};
use sha2::{Digest, Sha256};
use std::{fmt, io::Read};

/// Reads a segment. What comes out of it fits together by itself; whether it is ours is for
/// [`examine_segment`](super::examine_segment) to find out.
pub struct SegmentReader<R: Read> {
    lines: PackedReader<R>,
    key: Option<VerifierKey>,
    before: ChainHead,
    last: u64,
    head: ChainHead,
    digest: Sha256,
    times: Option<(Timestamp, Timestamp)>,
    kept: KeptDigest,
    end: Option<SignedEnd>,
}

/// What was found in a segment that was read to its end.
pub(super) struct SegmentFindings {
    pub(super) before: ChainHead,
    pub(super) head: ChainHead,
    pub(super) times: Option<(Timestamp, Timestamp)>,
    pub(super) kept: (u64, [u8; 32]),
    pub(super) lines: [u8; 32],
    pub(super) end: SignedEnd,
    pub(super) file: (u64, [u8; 32]),
}

impl<R: Read> SegmentReader<R> {
    /// Reads what comes before the records.
    pub fn open(file: R) -> Result<Self, SegmentProblem> {
        let mut lines = PackedReader::open(file)?;
        let first = lines.first_line()?.ok_or(SegmentProblem::NotOne)?;
        let version = form_version(&first, FORM).ok_or(SegmentProblem::NotOne)?;
        if version != VERSION {
            return Err(SegmentProblem::OtherVersion(version));
        }
        let header: SegmentHeader =
            serde_json::from_str(&first).map_err(|_| SegmentProblem::NotOne)?;
        let hash = hash(&header.prev_hash).filter(|_| (1..=header.last).contains(&header.first));
        let before = ChainHead { seq: header.first - 1, hash: hash.ok_or(SegmentProblem::NotOne)? };
        Ok(Self {
            lines,
            key: header.key.parse().ok(),
            before,
            last: header.last,
            head: before,
            digest: Sha256::new_with_prefix(&first),
            times: None,
            kept: KeptDigest::default(),
            end: None,
        })
    }

    /// Returns the key that the first line names, which anybody can write.
    pub(super) fn key(&self) -> Option<VerifierKey> {
        self.key.clone()
    }

    /// Returns the record before the first.
    pub fn before(&self) -> ChainHead {
        self.before
    }

    /// Returns the number that the last record should have.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Returns the next record; `None` behind the last.
    pub fn next_record(&mut self) -> Result<Option<SealedRecord>, SegmentProblem> {
        if self.end.is_some() {
            return Ok(None);
        }
        let line = self.lines.line()?.ok_or(PackedProblem::CutOff)?;
        if line.starts_with(SignedEnd::BEGINS) {
            self.end = Some(SignedEnd::of_line(&line)?);
            let is_all = self.head.seq == self.last;
            let missing = || self.bad(IntegrityError::EndMissing(self.last));
            return if is_all { Ok(None) } else { Err(missing()) };
        }
        self.digest.update(&line);
        let sealed = self.sealed(&line)?;
        self.head = ChainHead { seq: sealed.seq, hash: sealed.hash };
        self.kept.see(&sealed.record, &sealed.hash);
        let at = sealed.record.at;
        let (from, to) = self.times.unwrap_or((at, at));
        self.times = Some((from.min(at), to.max(at)));
        Ok(Some(sealed))
    }

    fn sealed(&self, text: &str) -> Result<SealedRecord, SegmentProblem> {
        let line: SegmentLine<'_> =
            serde_json::from_str(text).map_err(|error| self.unreadable(&error))?;
        let due = self.head.seq + 1;
        if line.seq != due {
            return Err(self.bad(IntegrityError::Missing(line.seq.cast_signed())));
        }
        let bytes = line.record.get().as_bytes();
        let own = HashChain.seal(due, &self.head.hash, bytes);
        if hash(&line.hash) != Some(own) {
            return Err(self.bad(IntegrityError::Changed));
        }
        let record: AuditRecord =
            serde_json::from_slice(bytes).map_err(|error| self.unreadable(&error))?;
        let sealed =
            ChainLink { seq: due, prev_hash: self.head.hash, hash: own, bytes: bytes.into() };
        Ok(SealedRecord::new(sealed, record))
    }

    fn unreadable(&self, error: &serde_json::Error) -> SegmentProblem {
        self.bad(IntegrityError::Unreadable(error.to_string().into()))
    }

    fn bad(&self, problem: IntegrityError) -> SegmentProblem {
        SegmentProblem::Record { seq: self.head.seq + 1, problem }
    }

    /// Reads what is left of the file, which must be nothing, and returns what was found. All records must
    /// have been read.
    pub(super) fn end(mut self) -> Result<SegmentFindings, SegmentProblem> {
        let end = self.end.take().ok_or(PackedProblem::CutOff)?;
        Ok(SegmentFindings {
            before: self.before,
            head: self.head,
            times: self.times,
            kept: self.kept.sum(),
            lines: self.digest.finalize().into(),
            end,
            file: self.lines.end()?,
        })
    }
}

impl<R: Read> fmt::Debug for SegmentReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentReader").field("head", &self.head).finish_non_exhaustive()
    }
}
