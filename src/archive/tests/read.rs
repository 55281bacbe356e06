//! Records are read wherever they are.

use super::house::{DAY, House, days_ago};
use crate::{
    archive::{ArchivedEntries, RecordPages},
    domain::{CallId, Outcome, Timestamp},
    store::{
        RecordQuery,
        tests::fixtures::{call, intent, outcome},
    },
};
use std::time::Duration;

#[tokio::test]
async fn pages_go_on_while_records_leave() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(3, 30).await;
    house.fill(2, 30).await;
    let up_to = house.reader().head().unwrap().seq;
    let mut pages = RecordPages::new(house.mover.archived());
    let mut seen: Vec<u64> = Vec::new();
    let mut read = |pages: &mut RecordPages, most| {
        let page = pages.next(seen.last().copied().unwrap_or(0), up_to, most).unwrap();
        seen.extend(page.iter().map(|record| record.seq));
        page.len()
    };
    read(&mut pages, 10);
    house.archive(0).await;
    while read(&mut pages, 7) > 0 {}
    assert_eq!(seen, (1..=up_to).collect::<Vec<_>>(), "without a gap, and none twice");
}

/// Commits a call that begins and ends at these times.
async fn called(house: &House, environment: &str, began: Timestamp, ended: Outcome) -> String {
    let call = call(environment);
    let mut opening = intent(&call);
    opening.at = began;
    drop(house.store.journal().commit_intent(opening, call.clone(), None, None).await.unwrap());
    let mut bundle = outcome(&call, ended);
    bundle.records[0].at = began.plus(Duration::from_secs(2));
    house.store.journal().commit_sent(bundle).await.unwrap();
    call.call.as_str().to_owned()
}

#[tokio::test]
async fn entries_in_segments_are_found_as_those_in_the_database_were() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path());
    house.fill(4, 3).await;
    let midnight = days_ago(3).utc_day();
    let late = midnight.minus(Duration::from_secs(1));
    let over_midnight = called(&house, "prod", late, Outcome::Success).await;
    called(&house, "prod", midnight.plus(Duration::from_secs(5)), Outcome::Failed).await;
    called(&house, "staging", days_ago(2), Outcome::Success).await;
    house.fill(2, 2).await;

    let prod = RecordQuery { environment: Some("prod".parse().unwrap()), ..RecordQuery::default() };
    let failed = RecordQuery { outcomes: vec![Outcome::Failed], ..RecordQuery::default() };
    let lately = RecordQuery { since: Some(midnight), ..RecordQuery::default() };
    let refused = RecordQuery { outcomes: vec![Outcome::Refused], ..RecordQuery::default() };
    let queries = [RecordQuery::default(), prod, failed, lately, refused];
    let before: Vec<_> = queries
        .iter()
        .map(|query| crate::audit::fold(house.reader().entry_records(query).unwrap()))
        .collect();
    assert_eq!(before[1].len(), 2);
    house.archive(0).await;
    for (query, before) in queries.iter().zip(&before) {
        let found = ArchivedEntries::new(house.mover.archived(), query).page().unwrap();
        assert_eq!(&found.entries, before, "{query:?}");
        assert!(found.missing.is_empty());
        let last = ArchivedEntries::new(house.mover.archived(), query).last(2).unwrap();
        let begun = before.iter().rev().take(2).map(|entry| entry.metadata.seq);
        assert_eq!(last, begun.collect::<Vec<_>>(), "{query:?}");
    }
    let one = &before[1][0];
    assert_eq!(one.metadata.call_id.as_ref().map(CallId::as_str), Some(&*over_midnight));
    assert_eq!(one.metadata.outcome, Outcome::Success, "its end is of the next day");

    let paged = RecordQuery { limit: Some(2), ..RecordQuery::default() };
    let mut all = Vec::new();
    let mut next = 0;
    while next < house.reader().base().unwrap().head.seq {
        let query = RecordQuery { after_seq: Some(next), ..paged.clone() };
        let page = ArchivedEntries::new(house.mover.archived(), &query).page().unwrap();
        assert!(page.next > next && page.entries.len() <= 2);
        next = page.next;
        all.extend(page.entries);
    }
    assert_eq!(all, before[0], "page by page it is the same");

    house.rules.lock().archive_keep = Some(DAY * 3);
    house.mover.turn().await.unwrap();
    let found = ArchivedEntries::new(house.mover.archived(), &queries[0]).page().unwrap();
    assert_eq!(found.missing.len(), 1, "what was deleted is named: {found:?}");
    assert!(found.entries.len() < before[0].len() && !found.entries.is_empty());
}
