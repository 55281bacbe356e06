//! Each type of notification, from what causes it to what is told.

use super::{GENERATE, telling};
use crate::support::{KEY, Receiver, Receives, TestApp, eventually};
use ideogate::simulator::{Act, Script};
use rusqlite::Connection;
use serde_json::json;
use std::time::Duration;

async fn receiver() -> Receiver {
    Receiver::new(Receives::Status(204)).await
}

#[tokio::test]
async fn a_token_and_an_account_have_budgets_too() {
    let receiver = receiver().await;
    let toml = "[accounts.ideogram]\nmonthly_budget = \"0.03\"\n";
    let app = telling(&receiver.url, toml).await;
    let client = app.client().await;
    let body = json!({"prompt": "a lighthouse", "rendering_speed": "TURBO"});
    assert_eq!(client.post(GENERATE, &body).await.status, 200);
    eventually("both", || receiver.of("budget.threshold").len() == 2).await;
    for told in receiver.of("budget.threshold") {
        let data = told.data();
        assert_eq!((&data["subject"], &data["account"]), (&json!("account"), &json!("ideogram")));
        assert_eq!(data["period"], "month");
    }
    let percents: Vec<_> =
        receiver.of("budget.threshold").iter().map(|told| told.data()["percent"].clone()).collect();
    assert_eq!(percents, [json!(80), json!(100)]);
}

#[tokio::test]
async fn a_call_of_unknown_outcome_is_told_at_once() {
    let receiver = receiver().await;
    let app = telling(&receiver.url, "").await;
    app.ideogram.script(Script::new(Act::ResetAfter { bytes: 0 }));
    let reply = app.client().await.post(GENERATE, &json!({"prompt": "a lighthouse"})).await;
    assert_eq!(reply.problem(), "502 outcome_unknown");
    let data = receiver.first("call.unknown").await.data();
    assert_eq!((&data["environment"], &data["count"]), (&json!("app"), &json!(1)));
    let call = &data["calls"][0];
    assert_eq!(call["call_id"], app.only_entry().await.metadata.call_id.unwrap().as_str());
    assert_eq!(call["request_id"], reply.header("ideogate-request-id").unwrap());
    assert_eq!((&call["route"], &data["reserved_usd"]), (&json!("v3.generate"), &json!("0.06")));
}

#[tokio::test]
async fn a_call_that_a_crash_cut_off_is_told_at_the_start() {
    let receiver = receiver().await;
    let app = telling(&receiver.url, "").await;
    app.ideogram.script(Script::new(Act::Hold));
    let client = app.client().await;
    let held = tokio::spawn(async move {
        client.post(GENERATE, &json!({"prompt": "a lighthouse"})).await;
    });
    eventually("it is at Ideogram", || app.arrived() == 1).await;
    let app = app.crash().await;
    let data = receiver.first("call.unknown").await.data();
    assert_eq!(data["calls"][0]["reason"], "crash");
    held.abort();
    drop(app);
}

#[tokio::test]
async fn a_rejected_key_is_told() {
    let receiver = receiver().await;
    let app = telling(&receiver.url, "").await;
    let client = app.client().await;
    app.ideogram.reject_key(KEY);
    let reply = client.post(GENERATE, &json!({"prompt": "a lighthouse"})).await;
    assert_eq!(reply.problem(), "502 upstream_rejected_key");
    let told = receiver.first("key.rejected").await;
    let data = told.data();
    assert_eq!(data["account"], "ideogram");
    assert!(data["environments"].as_array().unwrap().contains(&json!("app")), "{data}");
    assert!(!told.json().to_string().contains(KEY));
}

#[tokio::test]
async fn an_old_key_is_told_once_a_month() {
    let receiver = receiver().await;
    let app = telling(&receiver.url, "[review]\nkey_max_age = \"7d\"\n").await;
    assert!(receiver.of("key.old").is_empty());
    app.clock.advance(Duration::from_hours(10 * 24));
    let app = app.restart().await;
    let data = receiver.first("key.old").await.data();
    assert_eq!((&data["age_days"], &data["max_days"]), (&json!(10), &json!(7)));
    noted(&app).await;
    let app = app.restart().await;
    app.clock.advance(Duration::from_hours(31 * 24));
    let _app = app.restart().await;
    eventually("in the next month", || receiver.of("key.old").len() == 2).await;
}

#[tokio::test]
async fn a_token_that_ends_soon_is_told() {
    let receiver = receiver().await;
    let app = telling(&receiver.url, "[review]\nexpiring_within = \"100d\"\n").await;
    let id = app.client().await.id().to_string();
    let app = app.restart().await;
    let data = receiver.first("token.expiring").await.data();
    assert_eq!((&data["token_id"], &data["name"]), (&json!(id), &json!("test")));
    assert_eq!(data["environment"], "app");
    noted(&app).await;
    let _app = app.restart().await;
    assert_eq!(receiver.of("token.expiring").len(), 1);
}

#[tokio::test]
async fn a_low_balance_is_told() {
    let receiver = receiver().await;
    let app = telling(&receiver.url, "").await;
    let admin = app.local_admin();
    let body = json!({"amount_usd": "9.00"});
    let told = admin.post("/api/v1/usage/balances/ideogram", Some(&body)).await;
    assert_eq!(told.status, 200, "{told:?}");
    let data = receiver.first("balance.low").await.data();
    let expected = json!({
        "account": "ideogram", "left_usd": "9.00", "threshold_usd": "10.00", "exhausted": false,
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn a_disk_that_fills_is_told() {
    let receiver = receiver().await;
    let _app = telling(&receiver.url, "[bodies]\nmin_free = \"900TiB\"\n").await;
    let data = receiver.first("disk.low").await.data();
    assert_eq!(data["what"], "disk");
    assert!(data["free_bytes"].as_u64() < data["least_bytes"].as_u64(), "{data}");
}

#[tokio::test]
async fn a_record_that_cannot_be_written_is_told_and_that_it_can_again() {
    let receiver = receiver().await;
    let app = telling(&receiver.url, "").await;
    let client = app.client().await;
    let database = Connection::open(app.data().join("ideogate.db")).unwrap();
    let breaks = "CREATE TRIGGER breaks AFTER INSERT ON audit_records BEGIN \
                  INSERT INTO nowhere VALUES (1); END";
    database.execute_batch(breaks).unwrap();
    let reply = client.post(GENERATE, &json!({"prompt": "a lighthouse"})).await;
    assert_eq!(reply.problem(), "503 audit_unavailable");
    let data = receiver.first("audit.unavailable").await.data();
    assert_eq!(data["recovered"], false);
    database.execute_batch("DROP TRIGGER breaks").unwrap();
    eventually("it is good again", || receiver.of("audit.unavailable").len() == 2).await;
    assert_eq!(receiver.of("audit.unavailable")[1].data()["recovered"], true);
}

#[tokio::test]
async fn a_checkpoint_that_fails_is_told_once() {
    let receiver = receiver().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoints");
    let toml = format!(
        "[audit]\ncheckpoint_file = \"{}\"\ncheckpoint_records = 1\ncheckpoint_interval = \"1s\"\n",
        file.display()
    );
    let app = telling(&receiver.url, &toml).await;
    eventually("the first is signed", || file.exists()).await;
    std::fs::remove_file(&file).unwrap();
    // Nothing can be added to a folder.
    std::fs::create_dir(&file).unwrap();
    app.client().await;
    let data = receiver.first("checkpoint.failed").await.data();
    assert!(data["last_signed"].is_u64() && data["reason"].is_string(), "{data}");
    assert_eq!(receiver.of("checkpoint.failed").len(), 1);
    drop(app);
    std::fs::remove_dir(&file).unwrap();
}

/// Waits until it is noted that somebody was told, by this run or by the one before it.
async fn noted(app: &TestApp) {
    eventually("it is noted", || !app.running.reader().notified().unwrap().is_empty()).await;
}
