//! What cannot cost anything leaves one record: durable before its answer is shown, and of the same use as two.

use crate::support::{KEY, TestApp, TestSettings, eventually};
use ideogate::{
    domain::{Outcome, RecordBody},
    simulator::{Act, Script},
    store::{RecordQuery, SealedRecord},
};
use rusqlite::Connection;
use serde_json::json;
use std::time::Duration;

const DRY_RUN: &str = "/v2/image/generate/ideogram-4-5?dry_run=true";

/// Returns the records of a call or of a request, by kind.
fn kinds(app: &TestApp, request: &str) -> Vec<&'static str> {
    records(app, request).iter().map(|sealed| sealed.record.body.kind()).collect()
}

fn records(app: &TestApp, request: &str) -> Vec<SealedRecord> {
    let request = Some(ideogate::domain::RequestId::from_stored(request));
    app.running.reader().records(&RecordQuery { request, ..RecordQuery::default() }).unwrap()
}

#[tokio::test]
async fn a_free_read_leaves_one_record_durable_before_its_answer() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for _ in 0..20 {
        let reply = client.get("/models").await;
        assert_eq!(reply.status, 200);
        let request = reply.header("ideogate-request-id").unwrap();
        assert_eq!(kinds(&app, request), ["outcome"]);
    }
    assert!(app.running.reader().open_calls().unwrap().is_empty());
    assert_eq!(app.running.reader().held_calls().unwrap().len(), 0);
    let database = Connection::open(app.data().join("ideogate.db")).unwrap();
    let rows = "SELECT (SELECT count(*) FROM calls), (SELECT sum(count) FROM reads)";
    let rows: (i64, i64) =
        database.query_row(rows, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(rows, (0, 20), "it is counted by the hour, and has no row of its own");
}

#[tokio::test]
async fn a_read_is_found_by_token_environment_call_and_request() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let reply = client.get("/models").await;
    let request = reply.header("ideogate-request-id").unwrap().to_owned();
    let call = records(&app, &request)[0].record.call.clone().unwrap().to_string();
    let admin = app.local_admin();
    for filter in [
        format!("token={}", client.id()),
        "environment=app".to_owned(),
        format!("call={call}"),
        format!("request_id={request}"),
    ] {
        let found = admin.get(&format!("/api/v1/audit?{filter}")).await;
        let text = String::from_utf8(found.body.to_vec()).unwrap();
        let lines = text.lines().filter(|line| line.contains(&call)).count();
        assert_eq!(lines, 1, "{filter}: {text}");
    }
    let shown = admin.get(&format!("/api/v1/audit/{call}")).await.json();
    let metadata = &shown["metadata"];
    assert_eq!(
        (&metadata["environment"], &metadata["decision"]),
        (&json!("app"), &json!("allowed"))
    );
    assert_eq!(metadata["token_id"], client.id().as_str());
    assert_eq!((&metadata["outcome"], &metadata["status"]), (&json!("success"), &json!(200)));
    assert!(metadata["key_version"].is_string() && metadata["client_addr"].is_string());
    let own = client.get(&format!("/_ideogate/calls/{call}")).await;
    assert_eq!(own.json()["metadata"]["call_id"], call);
}

#[tokio::test]
async fn a_dry_run_still_has_an_intent() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let reply = client.post(DRY_RUN, &json!({"prompt": "a harbour"})).await;
    assert_eq!(reply.json()["object"], "price_quote");
    assert_eq!(kinds(&app, reply.header("ideogate-request-id").unwrap()), ["intent", "outcome"]);
}

#[tokio::test]
async fn a_read_that_a_crash_cut_off_leaves_nothing() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    // Not the list of models, by which the gateway itself looks at its key.
    app.ideogram.script(Script::new(Act::Hang).on("/datasets"));
    let held = tokio::spawn(async move { client.get("/datasets").await });
    let is_there = || app.ideogram.seen().calls.iter().any(|call| call.path() == "/datasets");
    eventually("it is at Ideogram", is_there).await;
    let app = app.crash().await;
    held.abort();
    let calls = app.running.reader().records(&RecordQuery::default()).unwrap();
    let calls = calls.iter().filter(|sealed| &*sealed.record.action == "ideogram.api.call");
    let calls: Vec<_> = calls.map(|sealed| &sealed.record).collect();
    assert!(calls.is_empty(), "{calls:?}");
    assert_eq!(app.places(), (0, 0, 0));
}

#[tokio::test]
async fn a_read_whose_record_cannot_be_written_is_503_and_shows_nothing() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let database = Connection::open(app.data().join("ideogate.db")).unwrap();
    let breaks = "CREATE TRIGGER breaks AFTER INSERT ON audit_records BEGIN \
                  INSERT INTO nowhere VALUES (1); END";
    database.execute_batch(breaks).unwrap();
    let reply = client.get("/models").await;
    assert_eq!(reply.problem(), "503 audit_unavailable");
    assert_eq!(app.arrived(), 1, "nobody could know before");
    let spilled = std::fs::read(app.data().join("spill.jsonl")).unwrap();
    assert!(spilled.iter().all(|byte| *byte == 0), "its room is for what was paid for");
    assert_eq!(client.get("/models").await.problem(), "503 audit_unavailable");
    assert_eq!(app.arrived(), 1, "now it is known");
    database.execute_batch("DROP TRIGGER breaks").unwrap();
}

#[tokio::test]
async fn a_read_sent_again_with_another_key_is_one_record_that_says_so() {
    let next = "next/key+of=the.tests-Qw8Zk3Xv7LpJdefc";
    let app = TestApp::with(TestSettings {
        keys: vec![
            ("IDEOGRAM_API_KEY", KEY.to_owned()),
            ("IDEOGRAM_API_KEY_NEXT", next.to_owned()),
        ],
        accepted: vec![next],
        ..TestSettings::default()
    })
    .await;
    let client = app.client().await;
    app.ideogram.reject_key(KEY);
    let reply = client.get("/models").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let found = records(&app, reply.header("ideogate-request-id").unwrap());
    let [sealed] = &found[..] else { panic!("{found:?}") };
    let RecordBody::Outcome(outcome) = &sealed.record.body else { panic!("{sealed:?}") };
    assert_eq!(outcome.outcome, Outcome::Success);
    assert!(outcome.reason.as_deref().unwrap().contains("sent again with"), "{outcome:?}");
    assert!(outcome.of.as_ref().unwrap().key_version.ends_with("defc"), "{outcome:?}");
}

#[tokio::test]
async fn a_reader_is_not_idle_in_a_review() {
    let app = TestApp::with(TestSettings {
        toml: "[review]\nidle_after = \"1d\"\n".to_owned(),
        ..TestSettings::default()
    })
    .await;
    let reader = app.client_with("app", &["read:models"]).await;
    let nobody = app.client_with("app", &["read:models"]).await;
    app.clock.advance(Duration::from_hours(72));
    assert_eq!(reader.get("/models").await.status, 200);
    let review = app.local_admin().get("/api/v1/review").await.json();
    let of = |id: &str| -> Vec<String> {
        let all = review["findings"].as_array().unwrap().iter();
        let own = all.filter(|found| found["subject"]["id"] == id);
        own.map(|found| found["evidence"]["words"].to_string()).collect()
    };
    let is_idle = |words: &String| words.contains("not used for");
    assert!(of(nobody.id().as_str()).iter().any(is_idle), "{review}");
    assert!(!of(reader.id().as_str()).iter().any(is_idle), "{review}");
}
