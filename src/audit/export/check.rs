//! Checking an export: by itself, and against checkpoints from outside.

use super::{
    BadExport, ExportProblem, Format, Manifest,
    check_csv::Rows,
    check_jsonl::{RecordWatch, Records, claimed_by_header},
    form::{ExportFindings, ExportLines},
};
use crate::audit::trust::{
    Checkpoint, CheckpointError, Completeness, EvidenceSource, Marks, NoteError, SignedEvidence,
    VerifierKey, judge,
};
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Read};

/// The longest line there is; more than the largest record. One that is longer counts as cut off,
/// so that a file without line ends does not fill the memory.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// What checking an export found. Both parts are judged by the keys that were trusted, and by
/// nothing that the export says of itself unless there were none.
#[derive(Debug)]
pub struct ExportReport {
    /// Whether it is what was signed.
    pub integrity: Result<VerifiedExport, BadExport>,
    /// Whether it is all of the record that was signed elsewhere.
    pub completeness: Completeness,
    /// Whom it was believed by. Of several that were given it is the first.
    pub key: Option<VerifierKey>,
    /// Whether that key was named by nobody but the export itself. Then a good report only says
    /// that the file was not changed after somebody signed it.
    pub key_is_its_own: bool,
}

/// An export that is what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedExport {
    /// What was signed about it.
    pub manifest: Manifest,
}

impl ExportReport {
    /// Says whether nothing was found.
    pub fn is_good(&self) -> bool {
        self.integrity.is_ok() && self.completeness.is_good()
    }
}

/// Says whether an export is a table, by how it begins. Nothing is consumed.
pub fn is_table(input: &mut impl BufRead) -> io::Result<bool> {
    Ok(input.fill_buf()?.first() != Some(&b'{'))
}

/// Checks an export with the keys that are `trusted`; with the one that it names itself when there are
/// none. A table's notes are in its `sidecar`. `outside` are checkpoints that were kept elsewhere. Tells
/// `progress` how many bytes are read.
///
/// Reads the input once and a line at a time, and stops at the first that is wrong. Blocks. Fails
/// only if the input cannot be read: all that is wrong with the export is in the report.
pub fn examine_export(
    input: impl BufRead,
    sidecar: Option<&str>,
    trusted: Vec<VerifierKey>,
    outside: &[(EvidenceSource, String)],
    mut progress: impl FnMut(u64),
) -> io::Result<ExportReport> {
    let mut input = input;
    let is_table = is_table(&mut input)?;
    let lines: Box<dyn ExportLines> = if is_table {
        Box::new(Rows::new(sidecar.unwrap_or_default()))
    } else {
        Box::new(Records::default())
    };
    let sidecar = sidecar.filter(|_| is_table);
    examine((input, lines), (is_table, sidecar), trusted, outside, &mut progress)
}

/// Checks an export of JSON lines as [`examine_export`] does, by the key that it names itself, and tells
/// `watch` of each record. What was told counts only if the report is good.
pub fn read_export(
    input: impl BufRead,
    watch: RecordWatch<'_>,
    mut progress: impl FnMut(u64),
) -> io::Result<ExportReport> {
    let lines = Box::new(Records::told_to(watch));
    examine((input, lines), (false, None), Vec::new(), &[], &mut progress)
}

fn examine(
    (mut input, mut lines): (impl BufRead, Box<dyn ExportLines + '_>),
    (is_table, sidecar): (bool, Option<&str>),
    trusted: Vec<VerifierKey>,
    outside: &[(EvidenceSource, String)],
    progress: &mut dyn FnMut(u64),
) -> io::Result<ExportReport> {
    let mut first = String::new();
    let key_is_its_own = trusted.is_empty();
    // Read before the keys are chosen: where none is given, it names the one to believe.
    let first_read = read_line(&mut input, &mut first)?;
    let claimed = || match sidecar {
        Some(sidecar) => claimed_by_sidecar(sidecar),
        None => claimed_by_header(&first),
    };
    let keys = if key_is_its_own { claimed().into_iter().collect() } else { trusted };
    let key = keys.first().cloned();
    let evidence = SignedEvidence::from_outside(keys, outside);
    let mut marks = evidence.marks();
    let mut reading = ExportReading { digest: Sha256::new(), number: 0, bytes: 0 };
    let mut check = reading.take(&first, first_read, &mut *lines, &mut marks);
    let mut line = String::new();
    while check.is_ok() {
        line.clear();
        let read = read_line(&mut input, &mut line)?;
        if matches!(read, LineRead::End) {
            break;
        }
        check = reading.take(&line, read, &mut *lines, &mut marks);
        progress(reading.bytes);
    }
    let integrity = check.and_then(|()| reading.end(&*lines, evidence.keys()));
    let completeness = complete(evidence, &marks, &integrity, is_table);
    Ok(ExportReport { integrity, completeness, key, key_is_its_own })
}

/// Holds the checkpoints from outside against an export. Of one whose integrity is broken only what
/// was read so far is judged.
fn complete(
    evidence: SignedEvidence,
    marks: &Marks,
    integrity: &Result<VerifiedExport, BadExport>,
    is_table: bool,
) -> Completeness {
    let Ok(VerifiedExport { manifest }) = integrity else {
        return judge(evidence, marks, 0, None, None);
    };
    // Rows of a table are entries, and the one that began last need not hold the last record.
    let is_whole = manifest.is_complete() && !is_table;
    let ends = is_whole.then_some(manifest.last);
    judge(evidence, marks, manifest.last, ends, Some(manifest.created))
}

/// What one line was.
#[derive(Clone, Copy)]
enum LineRead {
    /// It has an end.
    Whole,
    /// The file ends in its midst, or it is longer than any line is, or no text.
    Broken,
    /// There is none.
    End,
}

struct ExportReading {
    digest: Sha256,
    number: u64,
    bytes: u64,
}

impl ExportReading {
    /// Takes in one line; the first that is wrong ends the reading.
    fn take(
        &mut self,
        line: &str,
        read: LineRead,
        lines: &mut dyn ExportLines,
        marks: &mut Marks,
    ) -> Result<(), BadExport> {
        self.number += 1;
        self.bytes += line.len() as u64;
        match read {
            LineRead::End => Err(BadExport::whole(ExportProblem::NoHeader)),
            LineRead::Broken => Err(BadExport::new(self.number, None, ExportProblem::CutOff)),
            LineRead::Whole => {
                if lines.is_hashed(line) {
                    self.digest.update(line.as_bytes());
                }
                lines.line(self.number, line, marks)
            }
        }
    }

    /// Compares what was read with what was signed.
    fn end(
        self,
        lines: &dyn ExportLines,
        keys: &[VerifierKey],
    ) -> Result<VerifiedExport, BadExport> {
        let (manifest, checkpoint) = lines.notes()?;
        let unsigned = |why| BadExport::whole(ExportProblem::Unsigned(why));
        let manifest = Manifest::verified(&manifest, keys).map_err(unsigned)?;
        let checkpoint = Checkpoint::verified(&checkpoint, keys);
        let checkpoint = checkpoint.map_err(|why| match why {
            CheckpointError::Note(why) => unsigned(why),
            CheckpointError::OtherText => unsigned(NoteError::Malformed),
        })?;
        let found = lines.found();
        let ExportFindings { lines, first, last, hash, seal } = found;
        let is_about_these = (manifest.lines, manifest.first, manifest.last, manifest.seal)
            == (lines, first, last, seal)
            && manifest.up_to == checkpoint.seq()
            && last <= manifest.up_to;
        // The whole record ends where it ended when the export began.
        let is_whole = manifest.is_complete() && manifest.format == Format::Jsonl;
        let ends_there = last == manifest.up_to && hash == Some(checkpoint.head.hash);
        if !is_about_these || (is_whole && !ends_there) {
            return Err(BadExport::whole(ExportProblem::OtherLines));
        }
        // Last of all: where a line is at fault, it was named by its number, and not only the file.
        let digest: [u8; 32] = self.digest.finalize().into();
        if manifest.digest != digest {
            return Err(BadExport::whole(ExportProblem::OtherDigest));
        }
        Ok(VerifiedExport { manifest })
    }
}

/// Like every claim of an export it is believed only if no other key is given.
fn claimed_by_sidecar(sidecar: &str) -> Option<VerifierKey> {
    let text = sidecar.split("\n\n").next().map(|text| format!("{text}\n"));
    text.and_then(|text| Manifest::of_text(&text)).map(|manifest| manifest.key)
}

/// Reads a line with its end.
fn read_line(input: &mut impl BufRead, line: &mut String) -> io::Result<LineRead> {
    let mut bytes = Vec::new();
    input.by_ref().take(MOST_BYTES).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(LineRead::End);
    }
    let is_whole = bytes.last() == Some(&b'\n');
    match String::from_utf8(bytes) {
        Ok(text) if is_whole => {
            *line = text;
            Ok(LineRead::Whole)
        }
        _ => Ok(LineRead::Broken),
    }
}
