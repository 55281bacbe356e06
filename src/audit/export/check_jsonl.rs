//! Checking JSON lines: each record by its own hash, and by the one before it.

use super::{
    BadExport, ExportProblem,
    form::{ExportFindings, ExportLines},
    jsonl::{END, End, Header, LATER_VERSION, RecordLine, VERSION},
    manifest::hash,
};
use crate::{
    audit::{
        HashChain,
        trust::{Marks, NoteError, SignedNote, VerifierKey},
    },
    domain::AuditRecord,
    store::{ChainHasher, ChainHead, ChainLink, SealedRecord},
};

/// Who is told of each record.
pub(super) type RecordWatch<'w> = &'w mut dyn FnMut(SealedRecord);

/// What was read so far.
#[derive(Default)]
pub(super) struct Records<'w> {
    watch: Option<RecordWatch<'w>>,
    header: Option<Header>,
    lines: u64,
    first: u64,
    last: Option<ChainHead>,
    end: Option<(Result<SignedNote, NoteError>, Result<SignedNote, NoteError>)>,
}

/// Returns the key that the first line names. Nothing vouches for it: anybody can write a first
/// line.
pub(super) fn claimed_by_header(line: &str) -> Option<VerifierKey> {
    serde_json::from_str::<Header>(line).ok()?.key.parse().ok()
}

impl<'w> Records<'w> {
    /// Returns a reading that tells of each record whose hash is good, before anything is known of the whole.
    pub(super) fn told_to(watch: RecordWatch<'w>) -> Self {
        Self { watch: Some(watch), ..Self::default() }
    }

    fn record(&mut self, number: u64, line: &str) -> Result<ChainHead, BadExport> {
        let unreadable = |seq| BadExport::new(number, seq, ExportProblem::Unreadable);
        let line: RecordLine<'_> = serde_json::from_str(line).map_err(|_| unreadable(None))?;
        let seq = line.seq;
        let bad = |problem| BadExport::new(number, Some(seq), problem);
        let hashes = hash(&line.prev_hash).zip(hash(&line.hash));
        let (prev, own) = hashes.ok_or_else(|| unreadable(Some(seq)))?;
        let due = self.lines + 1;
        if line.n != due {
            return Err(bad(ExportProblem::NotInOrder(due)));
        }
        let before = self.last.or_else(|| self.base()).unwrap_or_else(genesis);
        if seq <= before.seq {
            return Err(bad(ExportProblem::NotInOrder(due)));
        }
        // Only an export that nothing narrows must have every record; in another one, gaps are what
        // was left out.
        if self.is_whole() && seq != before.seq + 1 {
            return Err(bad(ExportProblem::RecordMissing(before.seq + 1)));
        }
        if seq == before.seq + 1 && prev != before.hash {
            return Err(bad(ExportProblem::Unlinked));
        }
        let bytes = line.record.get().as_bytes();
        if HashChain.seal(seq, &prev, bytes) != own {
            return Err(bad(ExportProblem::Changed));
        }
        if let Some(watch) = &mut self.watch {
            let record: AuditRecord =
                serde_json::from_slice(bytes).map_err(|_| unreadable(Some(seq)))?;
            let sealed = ChainLink { seq, prev_hash: prev, hash: own, bytes: bytes.into() };
            watch(SealedRecord::new(sealed, record));
        }
        Ok(ChainHead { seq, hash: own })
    }

    /// Returns the record that the first one follows, as the header says it. It is signed with the digest.
    fn base(&self) -> Option<ChainHead> {
        let base = self.header.as_ref()?.base.as_ref()?;
        Some(ChainHead { seq: base.seq, hash: hash(&base.hash)? })
    }

    fn is_whole(&self) -> bool {
        let filter = self.header.as_ref().map(|header| &header.filter);
        filter.and_then(|filter| filter.as_object()).is_some_and(serde_json::Map::is_empty)
    }
}

impl ExportLines for Records<'_> {
    fn line(&mut self, number: u64, line: &str, marks: &mut Marks) -> Result<(), BadExport> {
        let bad = |problem| BadExport::new(number, None, problem);
        if self.end.is_some() {
            return Err(bad(ExportProblem::TooLong));
        }
        if number == 1 {
            let header = serde_json::from_str::<Header>(line).ok();
            let header = header.filter(is_known);
            self.header = Some(header.ok_or_else(|| bad(ExportProblem::NoHeader))?);
            return Ok(());
        }
        if line.starts_with(END) {
            let end: End =
                serde_json::from_str(line).map_err(|_| bad(ExportProblem::Unreadable))?;
            self.end = Some((SignedNote::parse(&end.manifest), SignedNote::parse(&end.checkpoint)));
            return Ok(());
        }
        let head = self.record(number, line)?;
        self.lines += 1;
        if self.first == 0 {
            self.first = head.seq;
        }
        self.last = Some(head);
        marks.see(head);
        Ok(())
    }

    fn notes(&self) -> Result<(SignedNote, SignedNote), BadExport> {
        let bad = |problem| BadExport::new(self.lines + 2, None, problem);
        let (manifest, checkpoint) = self.end.clone().ok_or_else(|| bad(ExportProblem::CutOff))?;
        let unsigned = |why| bad(ExportProblem::Unsigned(why));
        Ok((manifest.map_err(unsigned)?, checkpoint.map_err(unsigned)?))
    }

    fn found(&self) -> ExportFindings {
        let (last, hash) = self.last.map_or((0, None), |last| (last.seq, Some(last.hash)));
        ExportFindings { lines: self.lines, first: self.first, last, hash, seal: None }
    }

    fn is_hashed(&self, line: &str) -> bool {
        !line.starts_with(END)
    }
}

/// Says whether a header is one that is known here.
fn is_known(header: &Header) -> bool {
    let version = if header.base.is_some() { LATER_VERSION } else { VERSION };
    header.ideogate_export == version
}

fn genesis() -> ChainHead {
    ChainHead { seq: 0, hash: HashChain.genesis() }
}
