//! What moves, what stays, and what is left of it.

use super::house::{DAY, House, days_ago};
use crate::{
    audit::MissingReason,
    domain::{Action, Outcome},
    store::{
        Mention,
        tests::fixtures::{call, intent, outcome},
    },
};

#[tokio::test]
async fn whole_days_move_and_today_stays() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    for (days, records) in [(3, 5), (2, 4), (1, 3), (0, 2)] {
        house.fill(days, records).await;
    }
    house.mover.turn().await.unwrap();
    assert!(house.files().is_empty(), "nothing is said of how long records stay");
    assert!(!dir.path().join("segments").exists(), "not even a folder is made");

    house.rules.lock().keep = Some(DAY * 2);
    house.mover.turn().await.unwrap();
    assert_eq!(house.names(), ["000000000001-000000000005.jsonl.zst"], "the setting is read anew");
    house.assert_whole();

    house.archive(0).await;
    let days =
        ["000000000001-000000000005", "000000000006-000000000009", "000000000010-000000000012"];
    assert_eq!(house.names(), days.map(|day| format!("{day}.jsonl.zst")), "a segment a day");
    house.assert_whole();
    let (reader, status) = (house.reader(), house.mover.status());
    assert_eq!(reader.base().unwrap().head.seq, 12);
    assert_eq!((status.records_done, status.records_of, status.running), (7, 7, false));
    assert_eq!(reader.changes(Action::AuditArchive).unwrap().len(), 3, "each is on record");

    house.archive(0).await;
    assert_eq!(house.names().len(), 3, "there is nothing more to move");
}

#[tokio::test]
async fn records_of_calls_that_are_not_at_rest_hold_back_and_it_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(3, 2).await;
    let open = call("prod");
    let mut intent = intent(&open);
    intent.at = days_ago(3);
    drop(house.store.journal().commit_intent(intent, open.clone(), None, None).await.unwrap());
    house.fill(2, 2).await;
    house.archive(0).await;
    assert_eq!(house.names(), ["000000000001-000000000002.jsonl.zst"]);
    let held_back = house.mover.status().held_back.unwrap();
    assert_eq!((held_back.record, held_back.call), (3, Some(open.call.clone())));
    house.assert_whole();

    house.store.journal().commit_sent(outcome(&open, Outcome::Success)).await.unwrap();
    house.archive(0).await;
    assert_eq!(
        house.reader().base().unwrap().head.seq,
        5,
        "it is at rest, and its end is of today"
    );
    assert_eq!(house.mover.status().held_back, None);
    house.assert_whole();
}

#[tokio::test]
async fn a_clock_that_ran_ahead_holds_back_and_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(4, 2).await;
    house.fill(0, 1).await;
    house.fill(3, 2).await;
    house.archive(1).await;
    assert_eq!(house.reader().base().unwrap().head.seq, 2);
    let held_back = house.mover.status().held_back.unwrap();
    assert!(held_back.record == 3 && held_back.why.contains("clock"), "{held_back:?}");
}

#[tokio::test]
async fn what_a_start_needs_stays_after_its_record_left() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.change(3, Action::KeyRetired).await;
    house.change(3, Action::KeyRefused).await;
    house.fill(3, 1).await;
    let call = call("gone");
    let mut begun = intent(&call);
    begun.at = days_ago(3);
    drop(house.store.journal().commit_intent(begun, call.clone(), None, None).await.unwrap());
    house.store.journal().commit_sent(outcome(&call, Outcome::Success)).await.unwrap();
    let retired = house.reader().changes(Action::KeyRetired).unwrap();
    house.archive(1).await;
    let reader = house.reader();
    assert_eq!(reader.base().unwrap().head.seq, 4);
    assert_eq!(reader.changes(Action::KeyRetired).unwrap(), retired, "to the letter");
    assert!(reader.changes(Action::KeyRefused).unwrap().is_empty(), "nobody needs it");
    for known in [Mention::Environment(&call.environment), Mention::Token(&call.token)] {
        assert!(reader.mentions(known).unwrap(), "{known:?}");
    }
    house.assert_whole();
}

#[tokio::test]
async fn the_database_becomes_smaller_and_the_record_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(3, 400).await;
    house.fill(2, 400).await;
    let before = house.reader().file_size().unwrap();
    house.archive(0).await;
    assert_eq!(house.names().len(), 2);
    let after = house.reader().file_size().unwrap();
    assert!(after * 4 < before, "{before} and then {after}");
    let freed = house.mover.status().freed_bytes;
    assert!(freed > before / 4 * 3, "{freed} of {before}: all that left made room");
    assert_eq!(house.reader().free_pages().unwrap(), 0);
    let head = house.reader().head().unwrap().seq;
    house.fill(0, 3).await;
    assert_eq!(house.reader().head().unwrap().seq, head + 3);
    house.assert_whole();
}

#[tokio::test]
async fn segments_are_deleted_on_record_and_named_by_verification() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(9, 3).await;
    house.fill(4, 3).await;
    house.archive(0).await;
    house.rules.lock().archive_keep = Some(DAY * 5);
    house.mover.turn().await.unwrap();
    assert_eq!(house.names(), ["000000000004-000000000006.jsonl.zst"]);
    assert_eq!(house.files(), house.names());
    let report = house.verified();
    assert!(report.is_good() && !report.segments.is_complete(), "{report:?}");
    let [missing] = &*report.segments.missing else { panic!("{report:?}") };
    let record = house.reader().changes(Action::AuditSegmentDelete).unwrap()[0].seq;
    assert!(matches!(missing.why, MissingReason::Deleted(_, told) if told == record));
    assert_eq!((missing.first, missing.last), (1, 3));

    let sql = "UPDATE segments SET deleted_at = 5 WHERE first = 4";
    house.database().execute_batch(sql).unwrap();
    let report = house.verified();
    assert!(!report.is_good(), "said to be deleted, and on no record: {report:?}");
}
