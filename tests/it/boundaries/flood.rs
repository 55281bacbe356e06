//! Floods of bad requests stay small on record, and are counted exactly.

use super::GENERATE;
use crate::support::{Client, TestApp};
use ideogate::{
    domain::{ErrorCode, RecordBody, RefusalSummary},
    store::{RecordQuery, SealedRecord},
};
use serde_json::json;
use std::time::Duration;

fn records(app: &TestApp, kind: &'static str) -> Vec<SealedRecord> {
    let query = RecordQuery { kinds: vec![kind], ..RecordQuery::default() };
    app.running.reader().records(&query).unwrap()
}

fn summaries(app: &TestApp) -> Vec<RefusalSummary> {
    let of = |sealed: SealedRecord| match sealed.record.body {
        RecordBody::Summary(summary) => Some(summary),
        _ => None,
    };
    records(app, "summary").into_iter().filter_map(of).collect()
}

async fn knock(client: &Client, times: usize) {
    for _ in 0..times {
        let reply = client.send(client.bare("POST", GENERATE).json(&json!({"prompt": "x"}))).await;
        assert_eq!(reply.status, 401);
    }
}

#[tokio::test]
async fn five_hundred_bad_requests_leave_ten_records_and_an_exact_count() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let crowd: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { knock(&client, 50).await })
        })
        .collect();
    for one in crowd {
        one.await.unwrap();
    }
    let app = app.restart().await;
    assert_eq!(records(&app, "refusal").len(), 10);
    let [summary] = &summaries(&app)[..] else { panic!("{:?}", summaries(&app)) };
    assert_eq!((summary.code, summary.count), (ErrorCode::TokenMissing, 490));
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn each_minute_and_each_kind_is_counted_by_itself() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    knock(&client, 12).await;
    for _ in 0..13 {
        assert_eq!(client.get("/nowhere").await.problem(), "404 route_unknown");
    }
    app.clock.advance(Duration::from_secs(61));
    let app = app.restart().await;
    let client = Client::new(app.url(), &client.token);
    knock(&client, 15).await;
    let app = app.restart().await;
    assert_eq!(records(&app, "refusal").len(), 30);
    let mut counts: Vec<_> = summaries(&app).iter().map(|one| (one.code, one.count)).collect();
    counts.sort_unstable();
    let expected =
        [(ErrorCode::TokenMissing, 2), (ErrorCode::TokenMissing, 5), (ErrorCode::RouteUnknown, 3)];
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn a_flood_at_our_own_paths_is_on_record_too() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for _ in 0..25 {
        let guess = client.bare("GET", "/_ideogate/whoami").header("Api-Key", "idg_app_guess");
        assert_eq!(client.send(guess).await.problem(), "401 token_invalid");
    }
    let app = app.restart().await;
    assert_eq!(records(&app, "refusal").len(), 10);
    assert_eq!(summaries(&app)[0].count, 15);
}
