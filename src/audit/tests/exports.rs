//! An export proves itself: whatever is changed in it shows, and where.

use super::{entries::chain, notes::notary};
use crate::{
    audit::{
        HashChain,
        export::{
            ExportProblem, ExportReport, ExportSubject, ExportWriter, Format, examine_export,
        },
        fold,
        trust::{Notary, VerifierKey},
    },
    domain::{AuditRecord, Outcome},
    store::{
        ChainHasher, SealedRecord,
        tests::fixtures::{call, intent, outcome, refusal},
    },
};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

fn records(length: usize) -> Vec<SealedRecord> {
    let record = |number: usize| -> AuditRecord {
        let call = call("prod");
        match number % 3 {
            0 => intent(&call),
            1 => outcome(&call, Outcome::Success).records.remove(0),
            _ => refusal("=expired, \"twice\""),
        }
    };
    chain((0..length).map(record).collect())
}

struct Exported {
    bytes: Vec<u8>,
    note: String,
    key: VerifierKey,
}

/// Exports those of the records that `keep` says.
fn export(
    format: Format,
    length: usize,
    filter: Value,
    keep: impl Fn(&SealedRecord) -> bool,
    notary: &Notary,
) -> Exported {
    let records = records(length);
    let last = records.last().unwrap();
    let head = crate::store::ChainHead { seq: last.seq, hash: last.hash };
    let up_to = notary.sign(head).unwrap();
    let base = crate::store::ChainHead { seq: 0, hash: [0; 32] };
    let key = notary.key().clone();
    let mut bytes = Vec::new();
    let mut writer = ExportWriter::begin(
        ExportSubject { key: key.clone(), format, filter, up_to, base },
        &mut bytes,
    );
    let kept: Vec<_> = records.into_iter().filter(keep).collect();
    match format {
        Format::Jsonl => {
            for record in &kept {
                writer.record(record, &mut bytes).unwrap();
            }
        }
        Format::Csv => {
            for entry in &fold(kept) {
                writer.entry(entry, &mut bytes);
            }
        }
    }
    let note = writer.end(notary, &mut bytes);
    Exported { bytes, note, key }
}

fn examined(bytes: &[u8], exported: &Exported) -> ExportReport {
    let trusted = vec![exported.key.clone()];
    examine_export(bytes, Some(&exported.note), trusted, &[], |_| {}).unwrap()
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn problem_of(lines: &[String], exported: &Exported) -> (Option<u64>, Option<u64>, ExportProblem) {
    let bad = examined(lines.concat().as_bytes(), exported).integrity.unwrap_err();
    (bad.line, bad.seq, bad.problem)
}

#[test]
fn an_export_is_good_by_itself() {
    for format in [Format::Jsonl, Format::Csv] {
        for length in [1, 2, 9] {
            let (_dir, notary) = notary();
            let exported = export(format, length, json!({}), |_| true, &notary);
            let report = examined(&exported.bytes, &exported);
            let manifest = report.integrity.as_ref().unwrap().manifest.clone();
            assert!(report.is_good() && manifest.is_complete());
            assert_eq!(manifest.up_to, length as u64);
            let note = Some(&*exported.note);
            let alone = examine_export(&*exported.bytes, note, Vec::new(), &[], |_| {}).unwrap();
            assert!(alone.is_good() && alone.key_is_its_own);
        }
    }
}

#[test]
fn a_part_of_the_record_is_good_by_itself_too() {
    let (_dir, notary) = notary();
    let filter = json!({"result": "refused"});
    let exported = export(Format::Jsonl, 9, filter, |record| record.seq % 3 == 0, &notary);
    let report = examined(&exported.bytes, &exported);
    let manifest = report.integrity.unwrap().manifest;
    assert_eq!((manifest.lines, manifest.first, manifest.last), (3, 3, 9));
    assert!(!manifest.is_complete());
}

#[test]
fn what_is_done_to_json_lines_is_named() {
    let (_dir, notary) = notary();
    let exported = export(Format::Jsonl, 5, json!({}), |_| true, &notary);
    let good = lines(&exported.bytes);
    let found = |tamper: &dyn Fn(&mut Vec<String>)| {
        let mut lines = good.clone();
        tamper(&mut lines);
        problem_of(&lines, &exported)
    };
    let edit = |from: &'static str, to: &'static str| {
        move |lines: &mut Vec<String>| lines[2] = lines[2].replace(from, to)
    };
    assert_eq!(found(&edit("0.06", "0.01")), (Some(3), Some(2), ExportProblem::Changed));
    let gone = |lines: &mut Vec<String>| drop(lines.remove(3));
    assert_eq!(found(&gone), (Some(4), Some(4), ExportProblem::NotInOrder(3)));
    let renumbered = |lines: &mut Vec<String>| {
        lines.remove(3);
        lines[3] = lines[3].replace("\"n\":4", "\"n\":3");
    };
    assert_eq!(found(&renumbered), (Some(4), Some(4), ExportProblem::RecordMissing(3)));
    let cut = |lines: &mut Vec<String>| lines.truncate(4);
    assert_eq!(found(&cut), (Some(5), None, ExportProblem::CutOff));
    let torn = |lines: &mut Vec<String>| {
        lines.truncate(4);
        lines[3].truncate(20);
    };
    assert_eq!(found(&torn), (Some(4), None, ExportProblem::CutOff));
    let longer = |lines: &mut Vec<String>| lines.push(lines[1].clone());
    assert_eq!(found(&longer), (Some(8), None, ExportProblem::TooLong));
    let spaced = |lines: &mut Vec<String>| lines[0] = lines[0].replace("{\"ideo", "{ \"ideo");
    assert_eq!(found(&spaced), (None, None, ExportProblem::OtherDigest));
    let without_header = |lines: &mut Vec<String>| drop(lines.remove(0));
    assert_eq!(found(&without_header), (Some(1), None, ExportProblem::NoHeader));
}

#[test]
fn what_is_done_to_a_table_is_named() {
    let (_dir, notary) = notary();
    let exported = export(Format::Csv, 8, json!({}), |_| true, &notary);
    let good = lines(&exported.bytes);
    let found = |tamper: &dyn Fn(&mut Vec<String>)| {
        let mut lines = good.clone();
        tamper(&mut lines);
        problem_of(&lines, &exported)
    };
    let edited = |lines: &mut Vec<String>| lines[3] = lines[3].replace("expired", "allowed");
    assert_eq!(found(&edited), (Some(4), Some(3), ExportProblem::Unsealed));
    let gone = |lines: &mut Vec<String>| drop(lines.remove(2));
    assert_eq!(found(&gone), (Some(3), Some(3), ExportProblem::Unsealed));
    let cut = |lines: &mut Vec<String>| lines.truncate(lines.len() - 1);
    assert_eq!(found(&cut), (None, None, ExportProblem::OtherLines));
    let header = |lines: &mut Vec<String>| lines[0] = lines[0].replace("userId", "user");
    assert_eq!(found(&header), (Some(1), None, ExportProblem::NoHeader));
}

#[test]
fn an_export_that_somebody_else_signed_is_not_believed() {
    for format in [Format::Jsonl, Format::Csv] {
        let ((_dir, own), (_other_dir, other)) = (notary(), notary());
        let forged = export(format, 5, json!({}), |_| true, &other);
        let trusted = vec![own.key().clone()];
        let report = examine_export(&*forged.bytes, Some(&forged.note), trusted, &[], |_| {});
        let bad = report.unwrap().integrity.unwrap_err();
        assert!(matches!(bad.problem, ExportProblem::Unsigned(_)), "{bad}");
    }
}

#[test]
fn a_table_without_its_note_proves_nothing() {
    let (_dir, notary) = notary();
    let exported = export(Format::Csv, 5, json!({}), |_| true, &notary);
    let report = examine_export(&*exported.bytes, None, Vec::new(), &[], |_| {}).unwrap();
    assert!(!report.is_good());
    let other = export(Format::Csv, 6, json!({}), |_| true, &notary);
    assert!(!examined(&exported.bytes, &other).is_good(), "the note of another export");
}

/// Numbers and links all lines anew, as a forger would who has everything but the key.
fn forge(lines: &mut [String]) {
    let mut prev = HashChain.genesis();
    let end = lines.len().saturating_sub(1);
    for (number, line) in lines[..end].iter_mut().enumerate().skip(1) {
        let Ok(value) = serde_json::from_str::<Value>(line) else { return };
        let Some((_, record)) = line.split_once(",\"record\":") else { return };
        let Some(record) = record.strip_suffix("}\n") else { return };
        let (record, seq) = (record.to_owned(), number as u64);
        let hash = HashChain.seal(seq, &prev, record.as_bytes());
        let (before, own) = (hex::encode(prev), hex::encode(hash));
        // Where the change hit the number's own name it is no record's line any more.
        if !value["n"].is_u64() {
            return;
        }
        *line = format!(
            "{{\"n\":{seq},\"seq\":{seq},\"prev_hash\":\"{before}\",\"hash\":\"{own}\",\"record\":{record}}}\n"
        );
        prev = hash;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_tampering_with_an_export_is_found(
        is_table: bool, length in 2_usize..8, what in 0_u8..6, one: Index, other: Index, is_forged: bool,
        is_part: bool,
    ) {
        let (dir, notary) = notary();
        let format = if is_table { Format::Csv } else { Format::Jsonl };
        let filter = if is_part { json!({"environment": "prod"}) } else { json!({}) };
        let exported = export(format, length, filter, |_| true, &notary);
        let original = lines(&exported.bytes);
        let mut tampered = original.clone();
        let (a, b) = (one.index(original.len()), other.index(original.len()));
        match what {
            0 => {
                let mut bytes = tampered[a].clone().into_bytes();
                let at = other.index(bytes.len());
                bytes[at] ^= 1;
                let Ok(line) = String::from_utf8(bytes) else { return Ok(()) };
                tampered[a] = line;
            }
            1 => drop(tampered.remove(a)),
            2 => tampered.insert(a, original[b].clone()),
            3 => tampered.swap(a, b),
            4 => tampered.truncate(a),
            _ => {
                let keep = other.index(tampered[a].len());
                let line: String = tampered[a].chars().take(keep).collect();
                tampered.truncate(a);
                tampered.push(line);
            }
        }
        if is_forged && !is_table {
            forge(&mut tampered);
        }
        prop_assume!(tampered.concat() != original.concat());
        prop_assert!(!examined(tampered.concat().as_bytes(), &exported).is_good());
        drop(dir);
    }
}
