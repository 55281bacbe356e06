//! With a checkpoint from outside, whoever can write the database cannot change what came before it.

use super::{notes::notary, trust::rows};
use crate::{
    audit::{
        FirstBad, HashChain, VerifyError,
        beginning::genesis,
        trust::{Completeness, Contradiction, Notary, SignedEvidence, judge, notes_in},
        verify::verify_watched,
    },
    domain::AuditRecord,
    store::{ChainHasher, ChainHead, Columns, RawRecord},
};
use proptest::{prelude::*, sample::Index};

/// Computes all numbers, hashes and columns anew, as a forger would who knows how, and returns the head.
fn forge(rows: &mut [RawRecord]) -> ChainHead {
    let mut head = ChainHead { seq: 0, hash: HashChain.genesis() };
    for row in rows {
        let seq = head.seq + 1;
        let hash = HashChain.seal(seq, &head.hash, &row.bytes);
        row.seq = seq.cast_signed();
        (row.prev_hash, row.hash) = (head.hash.to_vec(), hash.to_vec());
        if let Ok(record) = serde_json::from_slice::<AuditRecord>(&row.bytes) {
            let columns = Columns::from_record(&record);
            let owned = |text: Option<&str>| text.map(str::to_owned);
            (row.kind, row.at) = (columns.kind.to_owned(), columns.at);
            (row.call, row.request) = (owned(columns.call), owned(columns.request));
            (row.environment, row.token) = (owned(columns.environment), owned(columns.token));
            (row.action, row.outcome) = (columns.action.to_owned(), owned(columns.outcome));
        }
        head = ChainHead { seq, hash };
    }
    head
}

fn judged(
    rows: Vec<RawRecord>,
    said: ChainHead,
    signed: &[ChainHead],
    notary: &Notary,
) -> (Result<(), FirstBad>, Completeness) {
    let mut evidence = SignedEvidence::believing(vec![notary.key().clone()]);
    for head in signed {
        let note = notary.sign(*head).unwrap().note;
        evidence.add(&notes_in(&note.to_string()), "elsewhere", true);
    }
    let (mut marks, mut reached) = (evidence.marks(), 0);
    let verified = verify_watched(rows.into_iter().map(Ok), genesis(), said, &mut |_, head| {
        reached = head.seq;
        marks.see(head);
    });
    let integrity = match verified {
        Ok(_) => Ok(()),
        Err(VerifyError::Bad(bad)) => Err(bad),
        Err(VerifyError::Store(error)) => panic!("{error}"),
    };
    let ends = integrity.is_ok().then_some(reached);
    (integrity, judge(evidence, &marks, reached, ends, None))
}

fn head_of(row: &RawRecord) -> ChainHead {
    ChainHead { seq: row.seq.cast_unsigned(), hash: row.hash.clone().try_into().unwrap() }
}

fn text_of(row: &RawRecord) -> &str {
    std::str::from_utf8(&row.bytes).unwrap()
}

#[test]
fn an_untouched_record_is_proven_up_to_the_last_checkpoint_and_no_further() {
    let (_dir, notary) = notary();
    let (rows, head) = rows(9);
    let signed = [head_of(&rows[2]), head_of(&rows[5])];
    let (integrity, found) = judged(rows, head, &signed, &notary);
    assert!(integrity.is_ok() && found.is_good());
    assert_eq!((found.proven_up_to(), found.ends, found.agreeing), (6, 9, 2));
}

#[test]
fn a_cut_tail_is_found_although_the_chain_is_whole() {
    let (_dir, notary) = notary();
    let (mut rows, head) = rows(9);
    rows.truncate(5);
    let said = head_of(&rows[4]);
    let (integrity, found) = judged(rows.clone(), said, &[], &notary);
    assert!(integrity.is_ok() && found.is_good(), "without a checkpoint nothing can be seen");
    let (integrity, found) = judged(rows, said, &[head], &notary);
    assert!(integrity.is_ok());
    assert!(matches!(found.contradictions[..], [Contradiction::EndsBefore { ends: 5, .. }]));
    assert_eq!(found.contradictions[0].first_bad(), 6);
}

#[test]
fn hashes_that_were_computed_anew_are_found_between_two_checkpoints() {
    let (_dir, notary) = notary();
    let (mut rows, head) = rows(9);
    let signed = [head_of(&rows[2]), head_of(&rows[6]), head];
    rows[4].bytes = text_of(&rows[4]).replace("127.0.0.1", "10.0.0.1").into_bytes();
    rows[4].bytes = text_of(&rows[4]).replace("0.06", "0.01").into_bytes();
    let said = forge(&mut rows);
    let (integrity, found) = judged(rows, said, &signed, &notary);
    assert!(integrity.is_ok(), "the chain alone is whole");
    assert!(matches!(
        found.contradictions[..],
        [Contradiction::Rewritten { agreed: 3, .. }, Contradiction::Rewritten { agreed: 3, .. }]
    ));
    assert_eq!(found.proven_up_to(), 3);
}

#[test]
fn what_came_after_the_last_checkpoint_is_not_proven() {
    let (_dir, notary) = notary();
    let (mut rows, _) = rows(9);
    let signed = [head_of(&rows[5])];
    rows.truncate(7);
    let said = head_of(&rows[6]);
    let (integrity, found) = judged(rows, said, &signed, &notary);
    assert!(
        integrity.is_ok() && found.is_good(),
        "this is the limit that the documentation tells of"
    );
    assert_eq!((found.proven_up_to(), found.ends), (6, 7));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_tampering_before_an_outside_checkpoint_is_found(
        length in 2_usize..10, what in 0_u8..6, one: Index, other: Index, byte: Index, is_forged: bool,
    ) {
        let (dir, notary) = notary();
        let (original, head) = rows(length);
        let mut rows = original.clone();
        let (one, other) = (one.index(length), other.index(length));
        match what {
            0 => {
                // A digit, so that a forger's record can still be read.
                let digits: Vec<_> = rows[one].bytes.iter().enumerate()
                    .filter(|(_, byte)| byte.is_ascii_digit()).map(|(at, _)| at).collect();
                let at = digits[byte.index(digits.len())];
                rows[one].bytes[at] = if rows[one].bytes[at] == b'1' { b'2' } else { b'1' };
            }
            1 => drop(rows.remove(one)),
            2 => rows.insert(one, original[other].clone()),
            3 => rows.swap(one, other),
            4 => rows.truncate(one),
            _ => rows[one].bytes = original[other].bytes.clone(),
        }
        prop_assume!(rows != original);
        let said = if is_forged { forge(&mut rows) } else { head };
        // What is added behind the checkpoint is not vouched for.
        prop_assume!(!rows.starts_with(&original));
        let (integrity, found) = judged(rows, said, &[head], &notary);
        prop_assert!(integrity.is_err() || !found.is_good());
        drop(dir);
    }
}
