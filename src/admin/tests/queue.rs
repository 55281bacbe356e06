use super::house::House;
use crate::domain::{CallId, Outcome, Pause, Principal, TokenId};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn the_queue_has_the_shape_that_others_script_against() {
    let house = House::open();
    let (status, queue) = house.get("/api/v1/queue").await;
    assert_eq!(status, 200);
    let expected = json!({"accounts": [{
        "name": "ideogram", "cap": 10, "effective_cap": 10, "in_use": 0, "unknown": 0, "queued": 0,
        "environments": [
            {"name": "dev", "in_use": 0, "queued": 0, "weight": 1},
            {"name": "prod", "in_use": 0, "queued": 0, "weight": 4},
        ],
    }]});
    assert_eq!(queue, expected);
}

/// Records a call whose end nobody saw, and holds its place.
async fn hold(house: &House, call: &str) {
    house.intent(call).await;
    house.outcome(call, Outcome::Unknown).await;
    let (account, environment) = ("ideogram".parse().unwrap(), "prod".parse().unwrap());
    let (token, call) = (TokenId::from_stored("tok_a"), CallId::from_stored(call));
    house.state.admission.restore(&account, &environment, &token, 1, call);
}

/// Returns the calls that were released, and by whom, as the record has it.
fn released(house: &House) -> Vec<(Option<CallId>, Principal)> {
    let records = house.records().into_iter().map(|sealed| sealed.record);
    let released = records.filter(|record| &*record.action == "queue.release");
    released.map(|record| (record.call, record.principal)).collect()
}

#[tokio::test]
async fn a_held_call_is_released_in_the_name_of_who_asked() {
    let house = House::open();
    hold(&house, "call_held").await;
    hold(&house, "call_other").await;
    let answer = house.post("/api/v1/queue/release/call_held", None).await;
    assert_eq!(answer, (200, json!({"call": "call_held"})));
    let held = Some(CallId::from_stored("call_held"));
    assert_eq!(released(&house), [(held, Principal::LocalUser(1000))]);
    assert_eq!(house.state.admission.status()[0].unknown, 1, "the other's place is not free");
    let again = house.post("/api/v1/queue/release/call_held", None).await;
    assert_eq!((again.0, &again.1["code"]), (409, &json!("call_not_held")));
}

#[tokio::test]
async fn a_call_that_holds_nothing_is_not_released() {
    let house = House::open();
    let (status, problem) = house.post("/api/v1/queue/release/call_other", None).await;
    assert_eq!((status, &problem["code"]), (404, &json!("call_unknown")));
    house.intent("call_other").await;
    house.outcome("call_other", Outcome::Success).await;
    let (status, problem) = house.post("/api/v1/queue/release/call_other", None).await;
    assert_eq!((status, &problem["code"]), (409, &json!("call_not_held")));
    assert_eq!(released(&house), []);
}

#[tokio::test]
async fn pausing_and_resuming_are_on_record() {
    let house = House::open();
    let since = house.state.clock.now();
    let all = json!({"target": "all", "since": since, "by": "uid:1000"});
    let paused = (200, json!({"paused": true, "pauses": [all]}));
    assert_eq!(house.post("/api/v1/pause", None).await, paused);
    assert_eq!(house.get("/api/v1/pause").await, paused);
    let resumed = (200, json!({"paused": false, "pauses": []}));
    assert_eq!(house.post("/api/v1/resume", None).await, resumed);
    assert_eq!(house.post("/api/v1/resume", None).await, resumed, "which is no mistake");
    let actions: Vec<_> = house.records().iter().map(|one| one.record.action.clone()).collect();
    assert_eq!(actions, ["queue.pause".into(), "queue.resume".into()]);
}

#[tokio::test]
async fn what_cannot_be_put_on_record_is_not_done() {
    let house = House::open();
    hold(&house, "call_held").await;
    house.store.close().await;
    let body = json!({"environment": "prod", "name": "a", "scopes": ["write:generate"], "no_budget": true});
    for (path, body) in [
        ("/api/v1/pause", None),
        ("/api/v1/queue/release/call_held", None),
        ("/api/v1/tokens", Some(body)),
    ] {
        let (status, problem) = house.post(path, body).await;
        assert_eq!((status, &problem["code"]), (503, &json!("audit_unavailable")), "{path}");
        assert!(problem["mistakes"].is_null());
    }
    let account = &house.state.admission.status()[0];
    assert_eq!(house.state.calls.pauses(), []);
    assert_eq!(account.unknown, 1, "its place is not free");
    assert!(house.state.tokens.list().is_empty());
}

#[tokio::test]
async fn a_pause_whose_time_ran_out_while_stopped_is_over() {
    let house = House::open();
    let (calls, now) = (&house.state.calls, house.state.clock.now());
    let kept = |target: &str, until| Pause {
        target: target.parse().unwrap(),
        reason: None,
        since: now,
        until: Some(until),
        by: None,
    };
    let hour = now.plus(Duration::from_hours(1));
    calls.restore_pauses(vec![kept("all", now), kept("account:ideogram", hour)]);
    assert_eq!(calls.pauses(), [kept("account:ideogram", hour)]);
    let (account, environment) = ("ideogram".parse().unwrap(), "prod".parse().unwrap());
    let is_paused = || house.state.admission.is_paused(&account, &environment).is_some();
    assert!(is_paused());
    house.clock.advance(Duration::from_hours(1));
    calls.end_pauses();
    assert_eq!(calls.pauses(), []);
    assert!(!is_paused(), "no call waits for the disk to hear of it");
}
