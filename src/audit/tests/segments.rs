//! A segment proves itself, and nothing else passes for one.

use super::{entries::chain, notes::notary};
use crate::{
    audit::{
        HashChain,
        packed::PackedProblem,
        segment::{
            ExaminedSegment, SegmentManifest, SegmentProblem, SegmentSubject, SegmentWriteError,
            SegmentWriter, examine_segment,
        },
        trust::{Notary, NotaryError, SignedCheckpoint},
    },
    domain::{Action, Actor, AuditRecord, Bundle},
    store::{
        ChainHasher, ChainHead, SealedRecord, Store, StoreOptions,
        tests::fixtures::{NOON, options, refusal},
    },
};
use serde_json::Value;
use std::sync::Arc;

fn genesis() -> ChainHead {
    ChainHead { seq: 0, hash: HashChain.genesis() }
}

/// Five records, of which the database keeps one.
fn records() -> Vec<SealedRecord> {
    let change = AuditRecord::change(
        NOON,
        Actor::GATEWAY,
        Action::KeyRetired,
        "x",
        Value::Null,
        Value::Null,
    );
    let mut records: Vec<_> = (0..4).map(|number| refusal(&format!("number {number}"))).collect();
    records.insert(2, change);
    chain(records)
}

fn head_of(sealed: &SealedRecord) -> ChainHead {
    ChainHead { seq: sealed.seq, hash: sealed.hash }
}

fn subject(notary: &Notary, records: &[SealedRecord]) -> SegmentSubject {
    let last = records.last().unwrap().seq;
    SegmentSubject { key: notary.key().clone(), created: NOON, before: genesis(), last }
}

fn segment(notary: &Notary, records: &[SealedRecord]) -> Vec<u8> {
    let mut writer = SegmentWriter::begin(subject(notary, records), Vec::new()).unwrap();
    for record in records {
        writer.record(record).unwrap();
    }
    let checkpoint = notary.sign(head_of(records.last().unwrap())).unwrap();
    writer.end(notary, &checkpoint).unwrap().0
}

fn examined(bytes: &[u8]) -> Result<ExaminedSegment, SegmentProblem> {
    examine_segment(bytes, &mut |_| {})
}

#[test]
fn a_segment_proves_itself() {
    let ((_dir, notary), records) = (notary(), records());
    let bytes = segment(&notary, &records);
    let mut seen = Vec::new();
    let good = examine_segment(&*bytes, &mut |record| seen.push(record.clone())).unwrap();
    assert_eq!(seen, records, "to the letter");
    let manifest = &good.manifest;
    assert_eq!(
        (manifest.first, manifest.last, manifest.key.clone()),
        (1, head_of(&records[4]), notary.key().clone())
    );
    assert_eq!(manifest.kept.0, 1);
    assert_eq!(good.bytes, bytes.len() as u64);
    assert_eq!(SegmentManifest::claimed(&good.note).unwrap(), *manifest);
    assert!(good.is(&good.stored()));
}

#[test]
fn a_byte_that_was_changed_and_an_end_that_is_missing_are_found() {
    let ((_dir, notary), records) = (notary(), records());
    let bytes = segment(&notary, &records);
    let stored = examined(&bytes).unwrap().stored();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x11;
        // What only says how to unpack it may be changed without a change of what is unpacked; it is
        // another file than the one on record all the same.
        let passes = examined(&changed).is_ok_and(|found| found.is(&stored));
        assert!(!passes, "byte {at} of {}", bytes.len());
        assert!(examined(&bytes[..at]).is_err(), "only {at} of {}", bytes.len());
    }
    let twice = [&*bytes, &*bytes].concat();
    assert!(
        matches!(examined(&twice), Err(SegmentProblem::Packed(PackedProblem::OtherContent))),
        "and nothing is behind it"
    );
}

/// Packs lines as a forger would, who has no key of the log.
fn packed(lines: &str) -> Vec<u8> {
    zstd::encode_all(lines.as_bytes(), 1).unwrap()
}

#[test]
fn a_record_that_was_changed_is_named_and_neither_checkpoint_nor_export_is_a_segment() {
    let ((_dir, notary), records) = (notary(), records());
    let lines = String::from_utf8(zstd::decode_all(&*segment(&notary, &records)).unwrap()).unwrap();
    let forged = packed(&lines.replace("number 2", "number 9"));
    let bad = examined(&forged).unwrap_err();
    assert!(matches!(bad, SegmentProblem::Record { seq: 4, .. }), "{bad:?}");
    let all: Vec<_> = lines.lines().collect();
    let without = packed(&[&all[..3], &all[4..]].concat().join("\n"));
    assert!(matches!(examined(&without).unwrap_err(), SegmentProblem::Record { seq: 3, .. }));

    let end: Value = serde_json::from_str(all.last().unwrap()).unwrap();
    let checkpoint = end["checkpoint"].as_str().unwrap();
    let note = serde_json::to_string(checkpoint).unwrap();
    let passed = format!("{{\"manifest\":{note},\"checkpoint\":{note}}}");
    let text = format!("{}\n{passed}\n", all[..all.len() - 1].join("\n"));
    assert!(matches!(
        examined(&packed(&text)),
        Err(SegmentProblem::Packed(PackedProblem::Unsigned(_)))
    ));
    for other in ["", "{}\n", "{\"ideogate_export\":1}\n"] {
        assert!(matches!(examined(&packed(other)), Err(SegmentProblem::NotOne)), "{other:?}");
        assert!(examined(other.as_bytes()).is_err(), "{other:?}");
    }
    // A newer form may say more in its first line.
    let newer = "\"ideogate_segment\":7,\"more\":true";
    let newer = packed(&lines.replace("\"ideogate_segment\":1", newer));
    assert!(matches!(examined(&newer), Err(SegmentProblem::OtherVersion(7))));
}

#[test]
fn a_file_that_unpacks_to_more_than_it_should_takes_no_memory() {
    let bomb = zstd::encode_all(std::io::Read::take(std::io::repeat(0), 1 << 28), 1).unwrap();
    assert!(bomb.len() < 1 << 20);
    assert!(examined(&bomb).is_err(), "it is given up after one line");
}

#[test]
fn what_is_not_as_it_was_written_is_not_put_away() {
    let ((_dir, notary), records) = (notary(), records());
    let begin = || SegmentWriter::begin(subject(&notary, &records), Vec::new()).unwrap();
    let mut changed = records[0].clone();
    changed.bytes = b"{}".to_vec().into();
    let refused = |record: &SealedRecord| begin().record(record).unwrap_err();
    for wrong in [&changed, &records[1]] {
        assert!(matches!(refused(wrong), SegmentWriteError::Record { seq: 1, .. }));
    }
    let mut short = begin();
    records[..4].iter().for_each(|record| short.record(record).unwrap());
    let checkpoint = notary.sign(head_of(&records[3])).unwrap();
    assert!(short.end(&notary, &checkpoint).is_err(), "it has not all that it should");
}

#[tokio::test]
async fn a_past_that_does_not_lead_to_what_was_signed_is_not_signed() {
    let (dir, (_keys, notary)) = (tempfile::tempdir().unwrap(), notary());
    let options = StoreOptions { seal: Arc::new(HashChain), ..options(dir.path()) };
    let store = Store::open(options).unwrap();
    for number in 0..6 {
        let record = refusal(&format!("number {number}"));
        store.journal().commit(Bundle::record(record)).await.unwrap();
    }
    let reader = store.reader();
    let links = reader.links(0, 10).unwrap();
    let past = ChainHead { seq: 3, hash: links[2].hash };
    notary.sign(reader.head().unwrap()).unwrap();
    let SignedCheckpoint { checkpoint, .. } = notary.sign_past(&reader, past, &|| true).unwrap();
    assert_eq!((checkpoint.head, notary.signed()), (past, 6), "the highest stays the highest");
    let given_up = notary.sign_past(&reader, past, &|| false).unwrap_err();
    assert!(matches!(given_up, NotaryError::GivenUp));

    let other = ChainHead { seq: 3, hash: [3; 32] };
    let refused = notary.sign_past(&reader, other, &|| true).unwrap_err();
    assert!(matches!(refused, NotaryError::Contradicts { .. }), "{refused:?}");
    let database = rusqlite::Connection::open(dir.path().join("ideogate.db")).unwrap();
    database.execute("UPDATE audit_records SET bytes = ?1 WHERE seq = 5", [b"{}"]).unwrap();
    let refused = notary.sign_past(&reader, past, &|| true).unwrap_err();
    assert!(matches!(refused, NotaryError::Contradicts { .. }), "rewritten meanwhile: {refused:?}");
}
