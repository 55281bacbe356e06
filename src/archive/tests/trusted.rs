//! Whoever can write the database cannot let records leave it unseen.

use super::house::House;
use crate::{
    audit::{
        MissingReason, signed_anew, take_up,
        trust::{CheckpointFile, LogResumption, NewLog, ResumeError},
    },
    domain::{Action, Bundle, Clock},
};
use std::sync::Arc;

/// What removes the first records, and says that they left.
const REMOVE: &str =
    "UPDATE chain_base SET seq = 4, hash = (SELECT hash FROM audit_records WHERE seq = 4);
    DELETE FROM audit_records WHERE seq <= 4;";

#[tokio::test]
async fn records_removed_without_a_segment_are_found_and_nothing_is_served() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(3, 6).await;
    let head = house.reader().head().unwrap();
    house.notary.sign(head).unwrap();
    // A genuine checkpoint of a record is no word that the records before it left.
    let checkpoint = house.notary.sign_past(&house.reader(), head, &|| true).unwrap().note;
    let (database, dir) = (house.database(), house.dir.clone());
    let told = house.forged(REMOVE).await.err().unwrap();
    assert!(matches!(told, ResumeError::BeginsUnproven(4)), "{told:?}");
    let sql = "INSERT INTO segments SELECT 1, 4, x'00', (SELECT hash FROM chain_base), 0, 0, 9, zeroblob(32),
               ?1, NULL";
    let genesis = crate::audit::beginning_of(crate::store::ChainHead { seq: 0, hash: [0; 32] });
    database.execute(sql, [checkpoint.to_string()]).unwrap();
    database.execute("UPDATE segments SET prev_hash = ?1", [genesis.hash]).unwrap();
    let told = House::try_open(&dir).err().unwrap();
    assert!(matches!(told, ResumeError::BeginsUnproven(4)), "{told:?}");
}

#[tokio::test]
async fn verification_finds_what_left_without_a_word_and_what_was_kept_and_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(3, 2).await;
    house.change(3, Action::KeyRetired).await;
    house.fill(3, 3).await;
    house.fill(0, 3).await;
    house.archive(0).await;
    house.store.close().await;
    let whole = std::fs::read(house.dir.join("ideogate.db")).unwrap();
    let tried = [
        ("DELETE FROM kept_changes WHERE action = 'key.retired'", "a change is gone"),
        ("UPDATE kept_changes SET bytes = CAST('{}' AS BLOB)", "a change was changed"),
        ("UPDATE kept_changes SET action = 'key.adopt'", "a change is another one"),
        (
            "UPDATE chain_base SET seq = 8, hash = (SELECT hash FROM audit_records WHERE seq = 8);
             DELETE FROM audit_records WHERE seq <= 8",
            "more left than was signed",
        ),
        ("DELETE FROM segments", "nobody says that they left"),
        ("UPDATE segments SET note = replace(note, 'kept 1', 'kept 0')", "forged"),
        ("UPDATE segments SET hash = zeroblob(32)", "another end"),
    ];
    for (sql, what) in tried {
        std::fs::write(house.dir.join("ideogate.db"), &whole).unwrap();
        let good = house.verified();
        assert!(good.is_good(), "{what}: {good:?}");
        house.database().execute_batch(sql).unwrap();
        let found = house.verified();
        assert!(found.integrity.is_err(), "{what}: {found:?}");
    }
}

#[tokio::test]
async fn an_accepted_record_says_what_its_new_key_vouches_for() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(3, 6).await;
    house.archive(0).await;
    let extent = house.reader().extent().unwrap();
    let made = NewLog::make().unwrap();
    let at = house.clock.now();
    let file = CheckpointFile::at(dir.path().join(CheckpointFile::USUAL));
    let resume = |house: &House| {
        let (reader, clock) = (house.reader(), Arc::new(house.clock.clone()));
        take_up(&LogResumption { dir: &house.dir, file: &file, reader: &reader, clock }).map(drop)
    };

    let effects = signed_anew(&extent, std::slice::from_ref(house.notary.key()), &made, at);
    house
        .store
        .journal()
        .commit(Bundle { records: Vec::new(), effects, person: None })
        .await
        .unwrap();
    assert!(matches!(resume(&house), Err(ResumeError::BeginsUnproven(6))), "the old key is out");
    made.succeed(dir.path(), &file, at).unwrap();
    resume(&house).unwrap();

    house.database().execute_batch("DELETE FROM segments").unwrap();
    assert!(matches!(resume(&house), Err(ResumeError::BeginsUnproven(6))));
    let made = NewLog::make().unwrap();
    let effects = signed_anew(&house.reader().extent().unwrap(), &[], &made, at);
    house
        .store
        .journal()
        .commit(Bundle { records: Vec::new(), effects, person: None })
        .await
        .unwrap();
    made.succeed(dir.path(), &file, at).unwrap();
    resume(&house).unwrap();
    let house = {
        let dir = house.dir.clone();
        house.store.close().await;
        House::open(&dir)
    };
    let report = house.verified();
    assert!(report.is_good() && !report.segments.is_complete(), "{report:?}");
    let [missing] = &*report.segments.missing else { panic!("{report:?}") };
    assert_eq!((missing.first, missing.last), (1, 6));
    assert!(matches!(missing.why, MissingReason::Lost(_)), "it is told for ever");
}
