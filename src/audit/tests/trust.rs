//! Any change, removal or reordering is found offline.

use super::entries::{chain, ended, steady_call};
use crate::{
    audit::{
        FirstBad, HashChain, IntegrityError, Verification, VerifyError, verify, verify_database,
    },
    domain::{AuditRecord, Bundle, Outcome},
    store::{
        ChainHasher, ChainHead, Columns, RawRecord, SealedRecord, Store, StoreOptions,
        tests::fixtures::{NOON, call, intent, options, outcome, refusal},
    },
};
use proptest::{prelude::*, sample::Index};
use rusqlite::Connection;
use std::{path::Path, sync::Arc, time::Duration};

pub(super) fn raw(sealed: &SealedRecord) -> RawRecord {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let columns = Columns::from_record(&sealed.record);
    RawRecord {
        seq: sealed.seq.cast_signed(),
        prev_hash: sealed.prev_hash.to_vec(),
        hash: sealed.hash.to_vec(),
        bytes: sealed.bytes.to_vec(),
        kind: columns.kind.to_owned(),
        at: columns.at,
        call: owned(columns.call),
        request: owned(columns.request),
        environment: owned(columns.environment),
        token: owned(columns.token),
        action: columns.action.to_owned(),
        outcome: owned(columns.outcome),
        person: owned(columns.person),
    }
}

/// A chain of `length` records of several kinds, as it lies in a database, and its head.
pub(super) fn rows(length: usize) -> (Vec<RawRecord>, ChainHead) {
    let record = |number: usize| -> AuditRecord {
        let call = steady_call();
        let mut record = match number % 3 {
            0 => intent(&call),
            1 => ended(&call, Outcome::Success),
            _ => refusal("expired"),
        };
        record.at = NOON.plus(Duration::from_secs(number as u64));
        record
    };
    let sealed = chain((0..length).map(record).collect());
    let head = sealed.last().map(|last| ChainHead { seq: last.seq, hash: last.hash });
    let empty = ChainHead { seq: 0, hash: [0; 32] };
    (sealed.iter().map(raw).collect(), head.unwrap_or(empty))
}

fn check(rows: Vec<RawRecord>, head: ChainHead) -> Result<Verification, FirstBad> {
    match verify(rows.into_iter().map(Ok), head) {
        Ok(verification) => Ok(verification),
        Err(VerifyError::Bad(bad)) => Err(bad),
        Err(VerifyError::Store(error)) => panic!("{error}"),
    }
}

#[test]
fn the_hash_is_what_the_documentation_says() {
    // Computed apart, with Python: sha256(tag + (1).to_bytes(8, "big") + genesis + b"{}").
    let genesis = HashChain.genesis();
    let first = HashChain.seal(1, &genesis, b"{}");
    assert_eq!(
        hex::encode(genesis),
        "235262bc5db099eaeb31ae141abf23923b742ff662ef2a1736243dc26d6625cf"
    );
    assert_eq!(
        hex::encode(first),
        "901e447dff87beb0666de954270ff97430a40c2c76302c62eb9ea3696b6a4f3b"
    );
}

#[test]
fn an_untouched_chain_is_good() {
    for length in [0, 1, 2, 20] {
        let (rows, head) = rows(length);
        let good = check(rows, head).unwrap();
        assert_eq!((good.records, good.head.seq), (length as u64, length as u64));
    }
}

#[test]
fn each_kind_of_tampering_is_named() {
    let found = |tamper: fn(&mut Vec<RawRecord>)| {
        let (mut rows, head) = rows(5);
        tamper(&mut rows);
        let FirstBad { seq, problem } = check(rows, head).unwrap_err();
        (seq, problem)
    };
    assert_eq!(found(|rows| drop(rows.remove(0))), (1, IntegrityError::Missing(2)));
    assert_eq!(found(|rows| drop(rows.remove(2))), (3, IntegrityError::Missing(4)));
    assert_eq!(found(|rows| drop(rows.remove(4))), (5, IntegrityError::EndMissing(5)));
    assert_eq!(found(Vec::clear), (1, IntegrityError::EndMissing(5)));
    assert_eq!(found(|rows| rows[1].bytes[5] ^= 1), (2, IntegrityError::Changed));
    assert_eq!(found(|rows| rows[2].prev_hash[0] ^= 1), (3, IntegrityError::Unlinked));
    assert_eq!(found(|rows| rows.swap(1, 2)), (2, IntegrityError::Missing(3)));
    assert_eq!(found(|rows| rows.insert(3, rows[2].clone())), (3, IntegrityError::Inserted));
    assert_eq!(
        found(|rows| rows[0].token = Some("tok_other".into())),
        (1, IntegrityError::Column("token"))
    );
    assert_eq!(found(|rows| rows[1].outcome = None), (2, IntegrityError::Column("outcome")));
}

#[test]
fn a_record_that_was_added_or_exchanged_at_the_end_is_found() {
    let (rows, head) = rows(5);
    let shorter = ChainHead { seq: 4, hash: rows[3].hash.clone().try_into().unwrap() };
    assert_eq!(check(rows.clone(), shorter).unwrap_err().problem, IntegrityError::Inserted);
    let other = ChainHead { hash: [1; 32], ..head };
    assert_eq!(check(rows, other).unwrap_err().problem, IntegrityError::EndExchanged);
}

#[test]
fn a_chain_that_was_computed_anew_from_the_middle_ends_elsewhere() {
    let (honest, head) = rows(5);
    let mut forged: Vec<RawRecord> = honest[..2].to_vec();
    for row in &honest[2..] {
        let prev: [u8; 32] = forged[forged.len() - 1].hash.clone().try_into().unwrap();
        let bytes = String::from_utf8(row.bytes.clone()).unwrap().replace("127.0.0.1", "10.0.0.1");
        let hash = HashChain.seal(row.seq.cast_unsigned(), &prev, bytes.as_bytes());
        let (prev_hash, hash, bytes) = (prev.to_vec(), hash.to_vec(), bytes.into_bytes());
        forged.push(RawRecord { prev_hash, hash, bytes, ..row.clone() });
    }
    assert_eq!(check(forged, head).unwrap_err().problem, IntegrityError::EndExchanged);
}

proptest! {
    #[test]
    fn any_flipped_byte_is_found(
        length in 1_usize..12, row: Index, part in 0_u8..3, byte: Index, bit in 0_u8..8,
    ) {
        let (mut rows, head) = rows(length);
        let row = row.get_mut(&mut rows);
        let part = match part {
            0 => &mut row.bytes,
            1 => &mut row.hash,
            _ => &mut row.prev_hash,
        };
        *byte.get_mut(part) ^= 1 << bit;
        prop_assert!(check(rows, head).is_err());
    }

    #[test]
    fn any_removal_is_found(length in 1_usize..12, from: Index, count in 1_usize..12) {
        let (mut rows, head) = rows(length);
        let from = from.index(length);
        rows.drain(from..(from + count).min(length));
        prop_assert!(check(rows, head).is_err());
    }

    #[test]
    fn any_exchange_is_found_with_or_without_new_numbers(
        length in 2_usize..12, one: Index, other: Index, renumber: bool,
    ) {
        let (mut rows, head) = rows(length);
        let (one, other) = (one.index(length), other.index(length));
        prop_assume!(one != other);
        rows.swap(one, other);
        if renumber {
            rows.iter_mut().zip(1..).for_each(|(row, seq)| row.seq = seq);
        }
        prop_assert!(check(rows, head).is_err());
    }

    #[test]
    fn any_changed_column_is_found(length in 1_usize..12, row: Index, column in 0_u8..8) {
        let (mut rows, head) = rows(length);
        let row = row.get_mut(&mut rows);
        let other = || Some("other".to_owned());
        match column {
            0 => row.kind = "other".into(),
            1 => row.at += 1,
            2 => row.call = other(),
            3 => row.request = other(),
            4 => row.environment = other(),
            5 => row.token = other(),
            6 => row.action = "other".into(),
            _ => row.outcome = other(),
        }
        prop_assert!(matches!(check(rows, head).unwrap_err().problem, IntegrityError::Column(_)));
    }
}

async fn a_store_with_a_call(dir: &Path) -> Store {
    let options = StoreOptions { seal: Arc::new(HashChain), ..options(dir) };
    let store = Store::open(options).unwrap();
    let (journal, call) = (store.journal(), call("prod"));
    drop(journal.commit_intent(intent(&call), call.clone(), None, None).await.unwrap());
    journal.commit_sent(outcome(&call, Outcome::Success)).await.unwrap();
    journal.commit(Bundle::record(refusal("expired"))).await.unwrap();
    store
}

#[tokio::test]
async fn a_database_is_verified_while_it_is_in_use_and_after() {
    let dir = tempfile::tempdir().unwrap();
    let store = a_store_with_a_call(dir.path()).await;
    let in_use = verify_database(dir.path()).unwrap();
    assert_eq!(in_use.records, 3);
    store.close().await;
    assert_eq!(verify_database(dir.path()).unwrap(), in_use);
}

#[tokio::test]
async fn whoever_edits_the_database_by_hand_is_found() {
    let edits = [
        ("DELETE FROM audit_records WHERE seq = 3", 3, IntegrityError::EndMissing(3)),
        ("DELETE FROM audit_records WHERE seq = 2", 2, IntegrityError::Missing(3)),
        ("UPDATE audit_records SET seq = 9 WHERE seq = 2", 2, IntegrityError::Missing(3)),
        (
            "UPDATE audit_records SET token = 'tok_x' WHERE seq = 1",
            1,
            IntegrityError::Column("token"),
        ),
        (
            "UPDATE audit_records SET bytes =
             CAST(replace(CAST(bytes AS TEXT), '0.06', '0.01') AS BLOB) WHERE seq = 2",
            2,
            IntegrityError::Changed,
        ),
    ];
    for (edit, seq, problem) in edits {
        let dir = tempfile::tempdir().unwrap();
        a_store_with_a_call(dir.path()).await.close().await;
        let connection = Connection::open(dir.path().join("ideogate.db")).unwrap();
        assert_eq!(connection.execute(edit, []).unwrap(), 1);
        drop(connection);
        match verify_database(dir.path()) {
            Err(VerifyError::Bad(bad)) => assert_eq!(bad, FirstBad { seq, problem }, "{edit}"),
            other => panic!("{edit}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_gap_stays_visible_when_the_gateway_goes_on_after_it() {
    let dir = tempfile::tempdir().unwrap();
    a_store_with_a_call(dir.path()).await.close().await;
    let connection = Connection::open(dir.path().join("ideogate.db")).unwrap();
    connection.execute("DELETE FROM audit_records WHERE seq = 3", []).unwrap();
    drop(connection);
    drop(a_store_with_a_call(dir.path()).await);
    let Err(VerifyError::Bad(bad)) = verify_database(dir.path()) else {
        panic!("it was not found")
    };
    assert_eq!(bad, FirstBad { seq: 3, problem: IntegrityError::Missing(4) });
}
