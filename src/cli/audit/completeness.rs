//! How much of the record is proven to be there, in words and as JSON.
//!
//! Integrity says that what is there is as it was written; completeness says up to where it is proven that
//! all of it is there. A proof comes from outside only: whoever can change the record can also change what
//! lies beside it.

use crate::audit::{
    export::{ExportReport, Format},
    segment::SegmentReport,
    trust::{Completeness, Contradiction, Rejected, Witness},
};
use serde_json::{Map, Value, json};

/// Findings that are told each; the others are counted.
/// JSON has them all.
const MOST_TOLD: usize = 3;

/// Returns the first line for a record that is whole and not the one that was signed.
///
/// A contradiction comes before a checkpoint that proves nothing. `None` where nothing speaks against the
/// record.
pub(super) fn first_bad(found: &Completeness) -> Option<String> {
    if let Some(contradiction) = found.contradictions.first() {
        return Some(format!("BAD: {contradiction}"));
    }
    let count = found.rejected.len();
    let notes = if count == 1 { "a checkpoint proves" } else { "checkpoints prove" };
    found
        .rejected
        .first()
        .map(|Rejected { place, why }| format!("BAD: {notes} nothing: {place}: {why}"))
}

/// Returns what is proven of a database.
///
/// One line for each thing that is to be said, the proof first. `is_whole` says whether all records were
/// looked at.
pub(super) fn of_database(found: &Completeness, is_whole: bool) -> Vec<String> {
    let mut told = Vec::new();
    match (&found.proven, &found.proven_inside) {
        (Some(proven), _) => told.push(from_outside(proven, found.ends)),
        (None, Some(inside)) => told.push(format!(
            "not proven: no checkpoint from elsewhere vouches for it. Those of the data folder agree up to record \
             {}, of {}; whoever has its key could have replaced them",
            inside.checkpoint.seq(), inside.checkpoint.at
        )),
        (None, None) => told.push(
            "not proven: no checkpoint vouches for it. Whoever could write the database could have cut off its \
             end or computed all hashes anew"
                .to_owned(),
        ),
    }
    if found.unjudged > 0 && !is_whole {
        let count = counted(found.unjudged);
        told.push(format!("{count} about records behind the bad one, which were not looked at"));
    }
    told.extend(against(found));
    told
}

/// Returns what is proven of an export.
///
/// Only JSON lines can be held against checkpoints; a table is what the gateway told.
pub(super) fn of_export(report: &ExportReport) -> Vec<String> {
    let found = &report.completeness;
    let mut told = Vec::new();
    let Ok(good) = &report.integrity else { return against(found) };
    let manifest = &good.manifest;
    told.push(match (manifest.format, manifest.is_complete()) {
        (Format::Jsonl, true) if manifest.first > 1 => format!(
            "it is the whole record from {} to {}; what was before had left the database",
            manifest.first, manifest.up_to
        ),
        (Format::Jsonl, true) => format!("it is the whole record up to {}", manifest.up_to),
        (Format::Csv, true) => format!(
            "it is all entries up to record {}, as the gateway told them; a table holds no records, so no \
             checkpoint can be held against it",
            manifest.up_to
        ),
        (_, false) => format!(
            "it is what matches {} up to record {}, as the gateway told it; what was left out cannot be seen here",
            manifest.filter, manifest.up_to
        ),
    });
    told.extend(by_checkpoints(found));
    told
}

/// Returns what is proven of a segment, which is a part of the record and no more.
pub(super) fn of_segment(report: &SegmentReport) -> Vec<String> {
    let Ok(manifest) = &report.integrity else { return against(&report.completeness) };
    let (first, last) = (manifest.first, manifest.last.seq);
    let mut told = vec![format!("it is every record from {first} to {last}")];
    told.extend(by_checkpoints(&report.completeness));
    told
}

/// Returns what checkpoints say of a file.
fn by_checkpoints(found: &Completeness) -> Vec<String> {
    let proven = found.proven.as_ref().map(|proven| from_outside(proven, found.ends));
    let unjudged = (found.unjudged > 0)
        .then(|| format!("{} about records that are not in it", counted(found.unjudged)));
    proven.into_iter().chain(unjudged).chain(against(found)).collect()
}

/// Returns a number of checkpoints as the beginning of a sentence.
///
/// The verb stands with it, since it depends on the number.
fn counted(checkpoints: usize) -> String {
    if checkpoints == 1 {
        "1 checkpoint is".to_owned()
    } else {
        format!("{checkpoints} checkpoints are")
    }
}

/// Returns up to which record a checkpoint from elsewhere proves it, and how many come after.
fn from_outside(proven: &Witness, ends: u64) -> String {
    let (seq, at) = (proven.checkpoint.seq(), proven.checkpoint.at);
    let place = &proven.place;
    let until =
        format!("proven up to record {seq}, of {at}, by a checkpoint from elsewhere ({place})");
    match ends.saturating_sub(seq) {
        0 => format!("{until}; there is none after it"),
        1 => format!("{until}; the one after it rests on the chain alone"),
        more => format!("{until}; the {more} after it rest on the chain alone"),
    }
}

/// Returns what speaks against the record, the first three of it.
fn against(found: &Completeness) -> Vec<String> {
    let contradictions = found.contradictions.iter().map(ToString::to_string);
    let rejected = found.rejected.iter();
    let rejected = rejected.map(|Rejected { place, why }| format!("{place} proves nothing: {why}"));
    let all: Vec<_> = contradictions.chain(rejected).collect();
    let more = all.len().saturating_sub(MOST_TOLD);
    let mut told: Vec<_> = all.into_iter().take(MOST_TOLD).collect();
    if more > 0 {
        told.push(format!("and {more} more like these"));
    }
    told
}

/// Returns both parts for scripts; `ok`, `records`, `head`, `first_bad` and `problem` stand for the whole.
///
/// The whole is good only if both parts are.
pub(super) fn json(
    is_good: bool,
    integrity: Value,
    found: &Completeness,
    key: Value,
) -> Map<String, Value> {
    let mut all = Map::new();
    for name in ["records", "head", "first_bad", "problem"] {
        if let Some(value) = integrity.get(name) {
            all.insert(name.to_owned(), value.clone());
        }
    }
    let is_whole = integrity["ok"] == true;
    if let Some(contradiction) = found.contradictions.first().filter(|_| is_whole) {
        all.insert("first_bad".to_owned(), contradiction.first_bad().into());
        all.insert("problem".to_owned(), contradiction.to_string().into());
    } else if let Some(rejected) = found.rejected.first().filter(|_| is_whole) {
        let problem = format!("{} proves nothing: {}", rejected.place, rejected.why);
        all.insert("problem".to_owned(), problem.into());
    }
    all.insert("ok".to_owned(), is_good.into());
    all.insert("integrity".to_owned(), integrity);
    all.insert("completeness".to_owned(), completeness(found));
    all.insert("key".to_owned(), key);
    all
}

/// Returns what is proven, for scripts.
fn completeness(found: &Completeness) -> Value {
    let witness = |witness: &Witness| json!({"seq": witness.checkpoint.seq(), "time": witness.checkpoint.at, "place": witness.place});
    let contradiction = |found: &Contradiction| {
        json!({"first_bad": found.first_bad(), "signed": witness(found.signed()),
            "problem": found.to_string()})
    };
    let rejected =
        |found: &Rejected| json!({"place": found.place, "problem": found.why.to_string()});
    json!({
        "ok": found.is_good(),
        "proven_up_to": found.proven_up_to(),
        "unproven": found.ends.saturating_sub(found.proven_up_to()),
        "outside": found.proven.as_ref().map(witness),
        "inside": found.proven_inside.as_ref().map(witness),
        "agreeing": found.agreeing,
        "unjudged": found.unjudged,
        "contradictions": found.contradictions.iter().map(contradiction).collect::<Vec<_>>(),
        "rejected": found.rejected.iter().map(rejected).collect::<Vec<_>>(),
    })
}
