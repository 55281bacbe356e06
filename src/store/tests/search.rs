//! What can be searched for.

use super::fixtures::*;
use crate::{
    domain::{Bundle, ErrorCode, Outcome},
    store::{RecordQuery, SealedRecord, Store},
};
use std::time::Duration;

async fn a_store_with_three_calls(dir: &std::path::Path) -> Store {
    let store = open(dir);
    let journal = store.journal();
    let ends = [("prod", Some(Outcome::Success)), ("dev", Some(Outcome::Failed)), ("prod", None)];
    let calls = ends.map(|(environment, end)| (call(environment), end));
    for (call, _) in &calls {
        drop(journal.commit_intent(intent(call), call.clone(), None, None).await.unwrap());
    }
    journal.append(refusal("no token"), None).unwrap();
    for (call, end) in &calls {
        if let Some(end) = end {
            journal.commit_sent(outcome(call, *end)).await.unwrap();
        }
    }
    store
}

fn numbers(found: &[SealedRecord]) -> Vec<u64> {
    found.iter().map(|record| record.seq).collect()
}

#[tokio::test]
async fn records_are_found_by_each_thing_that_can_be_asked() {
    let dir = tempfile::tempdir().unwrap();
    let store = a_store_with_three_calls(dir.path()).await;
    let find = |query: &RecordQuery| numbers(&store.reader().records(query).unwrap());
    let all = RecordQuery::default;
    let prod = Some("prod".parse().unwrap());
    let first = store.reader().records(&all()).unwrap().swap_remove(0);

    assert_eq!(find(&all()), [1, 2, 3, 4, 5, 6]);
    assert_eq!(find(&RecordQuery { after_seq: Some(4), ..all() }), [5, 6]);
    assert_eq!(find(&RecordQuery { environment: prod.clone(), ..all() }), [1, 3, 5]);
    let token = Some(crate::domain::TokenId::from_stored("tok_dev"));
    assert_eq!(find(&RecordQuery { token, ..all() }), [2, 6]);
    assert_eq!(find(&RecordQuery { call: first.record.call.clone(), ..all() }), [1, 5]);
    assert_eq!(find(&RecordQuery { request: first.record.request.clone(), ..all() }), [1, 5]);
    assert_eq!(find(&RecordQuery { kinds: vec!["refusal", "outcome"], ..all() }), [4, 5, 6]);
    assert_eq!(find(&RecordQuery { outcomes: vec![Outcome::Success], ..all() }), [1, 5]);
    let bad = vec![Outcome::Refused, Outcome::Failed, Outcome::Unknown];
    assert_eq!(find(&RecordQuery { outcomes: bad, ..all() }), [2, 3, 4, 6]);
    let newest = RecordQuery { newest_first: true, limit: Some(2), ..all() };
    assert_eq!(find(&newest), [6, 5]);
    assert!(
        find(&RecordQuery { since: Some(NOON.plus(Duration::from_secs(1))), ..all() }).is_empty()
    );
    assert!(find(&RecordQuery { until: Some(NOON), ..all() }).is_empty());
    let route = "v3.generate".parse().ok();
    assert_eq!(find(&RecordQuery { route, ..all() }), [1, 2, 3, 5, 6]);
    let owner = Some("marketing".into());
    assert_eq!(find(&RecordQuery { owner, ..all() }), [1, 2, 3, 5, 6]);
    assert_eq!(find(&RecordQuery { status: Some(200), ..all() }), [1, 2, 5, 6]);
    assert_eq!(find(&RecordQuery { status: Some(401), ..all() }), [4]);
    let code = Some(ErrorCode::TokenInvalid);
    assert_eq!(find(&RecordQuery { code, ..all() }), [4]);
    assert_eq!(find(&RecordQuery { goes_on: true, ..all() }), [3]);
    let by_then = RecordQuery { up_to_seq: Some(4), ..all() };
    assert_eq!(find(&RecordQuery { goes_on: true, ..by_then.clone() }), [1, 2, 3], "as of then");
    assert!(find(&RecordQuery { status: Some(200), ..by_then }).is_empty(), "as of then");
    let both = RecordQuery { environment: prod, outcomes: vec![Outcome::Unknown], ..all() };
    assert_eq!(find(&both), [3]);
}

#[tokio::test]
async fn whole_entries_come_with_everything_that_became_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let store = a_store_with_three_calls(dir.path()).await;
    let find = |query: &RecordQuery| numbers(&store.reader().entry_records(query).unwrap());
    let all = RecordQuery::default;
    assert_eq!(find(&RecordQuery { limit: Some(2), ..all() }), [1, 2, 5, 6]);
    assert_eq!(find(&RecordQuery { limit: Some(2), newest_first: true, ..all() }), [3, 4]);
    assert_eq!(find(&RecordQuery { outcomes: vec![Outcome::Failed], ..all() }), [2, 6]);
    let request = store.reader().records(&all()).unwrap()[1].record.request.clone();
    let mut recovered = outcome(&call("prod"), Outcome::Success).records.remove(0);
    (recovered.call, recovered.request) = (None, None);
    store.journal().commit(Bundle::record(recovered)).await.unwrap();
    let alone = RecordQuery { after_seq: Some(6), outcomes: vec![Outcome::Success], ..all() };
    assert_eq!(find(&alone), [7], "an outcome without a call is an entry of its own");
    let token = Some(crate::domain::TokenId::from_stored("tok_prod"));
    assert_eq!(find(&RecordQuery { after_seq: Some(6), token, ..all() }), [7]);
    assert_eq!(find(&RecordQuery { request, ..all() }), [2, 6]);
}
