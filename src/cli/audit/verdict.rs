//! What verification found, in words and as JSON.

use super::{completeness, segments};
use crate::{
    audit::{
        VerifyReport,
        export::{ExportReport, Format, Manifest},
        segment::{SegmentManifest, SegmentProblem, SegmentReport},
        trust::{Completeness, VerifierKey},
    },
    cli::{error::FINDING, number::counted, output::Output},
};
use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// What is said, and whether anything was found.
///
/// Words and JSON are made from the same findings, so that they never differ.
#[derive(Debug)]
pub(super) struct VerifyVerdict {
    /// Whether integrity and completeness are good.
    is_good: bool,
    /// `good: …` or `BAD: …`
    first: String,
    /// What is said of integrity.
    integrity: String,
    /// What is said of segments that were read; nothing where there are none.
    segments: Option<String>,
    /// What is said of completeness, line by line.
    completeness: Vec<String>,
    /// Which key was believed, and why.
    key: String,
    /// What to do if it is bad.
    hint: &'static str,
    /// All of it for scripts.
    json: Map<String, Value>,
}

/// The hint for a broken chain.
const SAFE_BEFORE: &str = "Compare with a backup: everything before this record is as written.";
/// The hint for a whole chain that is not the one that was signed.
const UNSAFE: &str = "Compare with a backup that the checkpoints agree with.";
/// The hint for an export.
const OTHER_COPY: &str = "Take another copy of the file; an export can be made again.";

impl VerifyVerdict {
    /// `is_given` says whether the key came from outside; else it proves nothing against whoever holds the
    /// folder.
    /// With `complete`, records that are not there count as found, also those that were deleted on record.
    pub(super) fn of_database(
        report: &VerifyReport,
        keys: &[VerifierKey],
        is_given: bool,
        complete: bool,
    ) -> Self {
        let segments = &report.segments;
        let (first, integrity, of_integrity) = match &report.integrity {
            Ok(good) => (
                format!("good: {}", segments::counted(good, segments)),
                "every record is as it was written and follows the one before it".to_owned(),
                json!({"ok": true, "records": good.records + segments.records(), "head": hex::encode(good.head.hash)}),
            ),
            Err(bad) => (
                format!("BAD: {bad}"),
                format!("broken at record {}", bad.seq),
                json!({"ok": false, "first_bad": bad.seq, "problem": bad.problem.to_string()}),
            ),
        };
        let hint = if report.integrity.is_err() { SAFE_BEFORE } else { UNSAFE };
        let first = completeness::first_bad(&report.completeness)
            .or_else(|| segments::first_bad(segments))
            .filter(|_| report.integrity.is_ok())
            .unwrap_or(first);
        let is_missed = complete && !segments.is_complete();
        let own = "taken from the data folder itself: whoever could change the record could have exchanged it";
        Self {
            is_good: report.is_good() && !is_missed,
            first,
            integrity,
            segments: segments::read(segments),
            completeness: [
                segments::missing(segments),
                completeness::of_database(&report.completeness, report.integrity.is_ok()),
            ]
            .concat(),
            key: whom(keys, is_given, own),
            hint,
            json: segments::with_json(
                segments,
                completeness::json(
                    report.is_good() && !is_missed,
                    of_integrity,
                    &report.completeness,
                    json!({"keys": texts(keys), "given": is_given}),
                ),
            ),
        }
    }

    /// A key that the export names itself proves nothing, and it is said so.
    pub(super) fn of_export(report: &ExportReport) -> Self {
        let (first, integrity, of_integrity) = match &report.integrity {
            Ok(good) => {
                let manifest = &good.manifest;
                let integrity = match manifest.format {
                    Format::Jsonl => {
                        "it is the file that was signed, and every record fits its hash"
                    }
                    Format::Csv => "it is the table that was signed",
                };
                let json = json!({"ok": true, "lines": manifest.lines, "first": manifest.first,
                    "last": manifest.last, "exported": manifest.created,
                    "whole": manifest.is_complete(), "filter": manifest.filter});
                (format!("good: {}", what(manifest)), integrity.to_owned(), json)
            }
            Err(bad) => {
                let problem = bad.problem.to_string();
                let json = json!({"ok": false, "line": bad.line, "first_bad": bad.seq, "problem": problem});
                (format!("BAD: {bad}"), "it is not what was signed".to_owned(), json)
            }
        };
        let file = FileFindings {
            what: "export",
            is_whole: report.integrity.is_ok(),
            found: &report.completeness,
            key: report.key.as_ref(),
            is_given: !report.key_is_its_own,
        };
        Self {
            completeness: completeness::of_export(report),
            ..file.said(first, integrity, of_integrity)
        }
    }

    /// A key that the segment names itself proves nothing either.
    pub(super) fn of_segment(report: &SegmentReport) -> Self {
        let (first, integrity, of_integrity) = match &report.integrity {
            Ok(manifest) => {
                let SegmentManifest { first, last, created, .. } = manifest;
                let count = last.seq + 1 - first;
                let records = counted(count, "record");
                let json = json!({"ok": true, "lines": count, "first": first, "last": last.seq,
                    "archived": created});
                let good =
                    format!("good: {records} from {first} to {}, archived at {created}", last.seq);
                (
                    good,
                    "it is the segment that was signed, and every record fits its hash".to_owned(),
                    json,
                )
            }
            Err(problem) => {
                let bad = match problem {
                    SegmentProblem::Record { seq, .. } => Some(seq),
                    _ => None,
                };
                let json = json!({"ok": false, "first_bad": bad, "problem": problem.to_string()});
                (format!("BAD: it {problem}"), "it is not what was signed".to_owned(), json)
            }
        };
        let file = FileFindings {
            what: "segment",
            is_whole: report.integrity.is_ok(),
            found: &report.completeness,
            key: report.key.as_ref(),
            is_given: !report.key_is_its_own,
        };
        Self {
            completeness: completeness::of_segment(report),
            ..file.said(first, integrity, of_integrity)
        }
    }

    /// Prints it, and returns the exit code that goes with it.
    ///
    /// The code is 0 or 2.
    pub(super) fn print(self, screen: Output) -> anyhow::Result<ExitCode> {
        if screen.is_json() {
            screen.json(&self.json)?;
        } else {
            screen.line(&self.first)?;
            screen.line(format!("integrity: {}", self.integrity))?;
            if let Some(segments) = &self.segments {
                screen.line(format!("segments: {segments}"))?;
            }
            for told in &self.completeness {
                screen.line(format!("completeness: {told}"))?;
            }
            screen.line(format!("key: {}", self.key))?;
            if !self.is_good {
                screen.note(self.hint);
            }
        }
        Ok(if self.is_good { ExitCode::SUCCESS } else { ExitCode::from(FINDING) })
    }
}

/// What was found of a file that is no database.
struct FileFindings<'f> {
    /// What the file is.
    what: &'static str,
    /// Whether it is what was signed.
    is_whole: bool,
    /// What checkpoints say.
    found: &'f Completeness,
    /// Whom it was believed by.
    key: Option<&'f VerifierKey>,
    /// Whether that key came from outside; one that the file names itself proves nothing.
    is_given: bool,
}

impl FileFindings<'_> {
    /// Returns what is said, but for completeness.
    fn said(self, first: String, integrity: String, of_integrity: Value) -> VerifyVerdict {
        let Self { what, is_whole, found, is_given, .. } = self;
        let is_good = is_whole && found.is_good();
        let keys: Vec<_> = self.key.into_iter().cloned().collect();
        let key = json!({"keys": texts(&keys), "given": is_given});
        let own = format!("named by the {what} itself: anybody can sign with a key of their own");
        VerifyVerdict {
            is_good,
            first: completeness::first_bad(found).filter(|_| is_whole).unwrap_or(first),
            integrity,
            segments: None,
            completeness: Vec::new(),
            key: whom(&keys, is_given, &own),
            hint: OTHER_COPY,
            json: completeness::json(is_good, of_integrity, found, key),
        }
    }
}

/// Returns what an export holds.
fn what(manifest: &Manifest) -> String {
    let Manifest { lines, first, last, created, .. } = manifest;
    let things = match manifest.format {
        Format::Jsonl => "records",
        Format::Csv => "entries",
    };
    match lines {
        0 => format!("no {things}, exported at {created}"),
        _ => format!("{lines} {things} from {first} to {last}, exported at {created}"),
    }
}

/// Returns which keys were believed, in words.
fn whom(keys: &[VerifierKey], is_given: bool, own: &str) -> String {
    let all = texts(keys).join(", ");
    match keys {
        [] => "none is named and none was given".to_owned(),
        _ if is_given => format!("{all} (given)"),
        _ => format!("{all} ({own}; give the one you noted with --key)"),
    }
}

/// Returns keys as texts.
fn texts(keys: &[VerifierKey]) -> Vec<String> {
    keys.iter().map(ToString::to_string).collect()
}
