//! What was found of the records that left the database, in words and as JSON.

use crate::audit::{MissingReason, MissingSegment, SegmentsReport, Verification};
use serde_json::{Map, Value, json};

/// Returns how many records were checked, with those in segments, and where the chain ends.
pub(super) fn counted(good: &Verification, segments: &SegmentsReport) -> String {
    Verification { records: good.records + segments.records(), head: good.head }.to_string()
}

/// Returns the first line for segments that are not what was signed.
pub(super) fn first_bad(found: &SegmentsReport) -> Option<String> {
    found.first_bad().map(|(name, problem)| format!("BAD: segment {name}: {problem}"))
}

/// Returns which segments were read; nothing where there are none.
pub(super) fn read(found: &SegmentsReport) -> Option<String> {
    let ((first, _), (_, last)) = found.read.first().zip(found.read.last())?;
    let count = found.read.len();
    Some(format!("{count} read, records {first} to {last}"))
}

/// Returns what is not there, by name, and what is there and belongs to no record here.
pub(super) fn missing(found: &SegmentsReport) -> Vec<String> {
    let mut told: Vec<_> = found.missing.iter().map(words).collect();
    let bad = found.bad.iter().skip(1);
    told.extend(bad.map(|(name, problem)| format!("segment {name}: {problem}")));
    let foreign = found.foreign.iter();
    told.extend(foreign.map(|(name, what)| format!("{name} {what}; left out")));
    told
}

/// Returns why a segment was not read, in words.
fn words(missing: &MissingSegment) -> String {
    let MissingSegment { name, first, last, why } = missing;
    let why = match why {
        MissingReason::Deleted(at, record) => {
            format!("{name} was deleted on record at {at} (record {record})")
        }
        MissingReason::Lost(at) => format!("they were accepted as lost at {at}"),
        MissingReason::NotFound => {
            format!("{name} was not found: name the folder with --segments")
        }
        MissingReason::Unreadable(why) => format!("{name} cannot be read: {why}"),
    };
    format!("records {first} to {last} are not here: {why}")
}

/// Adds what was found to the findings for scripts.
pub(super) fn with_json(found: &SegmentsReport, mut all: Map<String, Value>) -> Map<String, Value> {
    let missing = found.missing.iter().map(|MissingSegment { name, first, last, why }| {
        let why = match why {
            MissingReason::Deleted(..) => "deleted",
            MissingReason::Lost(_) => "lost",
            MissingReason::NotFound => "not_found",
            MissingReason::Unreadable(_) => "unreadable",
        };
        json!({"name": name, "first": first, "last": last, "why": why})
    });
    let pairs = |found: &[(String, String)], what: &str| {
        found.iter().map(|(name, words)| json!({"name": name, what: words})).collect::<Vec<_>>()
    };
    let segments = json!({
        "dir": found.dir,
        "read": found.read.len(),
        "first": found.read.first().map(|(first, _)| first),
        "last": found.read.last().map(|(_, last)| last),
        "bad": pairs(&found.bad, "problem"),
    });
    all.insert("segments".to_owned(), segments);
    all.insert("missing".to_owned(), missing.collect::<Vec<_>>().into());
    all.insert("foreign".to_owned(), pairs(&found.foreign, "what").into());
    if let Some((name, problem)) = found.first_bad().filter(|_| !all.contains_key("problem")) {
        all.insert("problem".to_owned(), format!("segment {name}: {problem}").into());
    }
    all
}
