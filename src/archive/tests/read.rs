//! Records are read wherever they are.

use super::house::{DAY, House, days_ago};
use crate::{
    archive::{ArchivedEntries, RecordPages},
    domain::{CallId, ErrorCode, Outcome, PersonId, ReadOf, ReadUse, RecordBody, Timestamp},
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

/// Commits a read that cost nothing, which is one record.
async fn looked(house: &House, environment: &str, at: Timestamp) {
    let call = call(environment);
    let mut told = outcome(&call, Outcome::Success).records.remove(0);
    told.at = at;
    if let RecordBody::Outcome(outcome) = &mut told.body {
        outcome.of = Some(Box::new(ReadOf {
            token: call.token.clone(),
            environment: call.environment.clone(),
            account: call.account.clone(),
            route: "models".parse().unwrap(),
            owner: Some("sales".into()),
            key_version: "…abcd".into(),
            client_addr: "127.0.0.1".into(),
            queue_ms: 0,
            opened_at: at,
            secret: 1,
        }));
    }
    let read = ReadUse {
        account: call.account,
        environment: call.environment,
        token: call.token,
        owner: Some("sales".into()),
        person: None,
        route: "models".parse().unwrap(),
        at,
    };
    house.store.journal().commit_read(told, read, None).await.unwrap();
}

/// Returns what is searched for: all of it, and what each filter leaves of it.
fn queries(midnight: Timestamp) -> Vec<RecordQuery> {
    let prod = RecordQuery { environment: Some("prod".parse().unwrap()), ..RecordQuery::default() };
    let failed = RecordQuery { outcomes: vec![Outcome::Failed], ..RecordQuery::default() };
    let lately = RecordQuery { since: Some(midnight), ..RecordQuery::default() };
    let refused = RecordQuery { outcomes: vec![Outcome::Refused], ..RecordQuery::default() };
    let owner = |name: &str| RecordQuery { owner: Some(name.into()), ..RecordQuery::default() };
    let route = |name: &str| RecordQuery { route: name.parse().ok(), ..RecordQuery::default() };
    let status = |status| RecordQuery { status: Some(status), ..RecordQuery::default() };
    let code = RecordQuery { code: Some(ErrorCode::QueueFull), ..RecordQuery::default() };
    let goes_on = RecordQuery { goes_on: true, ..RecordQuery::default() };
    let person = RecordQuery { person: Some(PersonId::random()), ..RecordQuery::default() };
    vec![
        RecordQuery::default(),
        prod,
        failed,
        lately,
        refused,
        owner("marketing"),
        owner("sales"),
        route("v3.generate"),
        route("models"),
        status(200),
        status(429),
        code,
        goes_on,
        person,
    ]
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
    looked(&house, "staging", days_ago(2)).await;
    house.fill(2, 2).await;

    let queries = queries(midnight);
    let before: Vec<_> = queries
        .iter()
        .map(|query| crate::audit::fold(house.reader().entry_records(query).unwrap()))
        .collect();
    assert_eq!([1, 5, 6, 8].map(|query| before[query].len()), [2, 3, 1, 1]);
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
