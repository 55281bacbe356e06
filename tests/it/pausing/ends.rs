//! How a pause ends, and that nothing else ends it.

use super::{GENERATE, pause, picture};
use crate::support::{TestApp, eventually};
use serde_json::{Value, json};
use std::time::Duration;

/// Returns who ended pauses and why, oldest first.
fn ends(app: &TestApp) -> Vec<(String, Value)> {
    let entries = app.all_entries().into_iter().filter(|entry| &*entry.action == "queue.resume");
    let told = |entry: ideogate::audit::Entry| {
        let entry = serde_json::to_value(&entry).unwrap();
        let target = entry["resource"].as_str().unwrap();
        let end = format!("{} {target}", entry["userId"].as_str().unwrap());
        (end, entry["metadata"]["after"]["reason"].clone())
    };
    entries.map(told).collect()
}

#[tokio::test]
async fn a_pause_ends_at_its_time_without_anybody() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    pause(&app, json!({"environment": "app", "for": "30m"})).await;
    app.clock.advance(Duration::from_mins(29));
    assert_eq!(picture(&client).await.problem(), "503 paused");
    app.clock.advance(Duration::from_mins(1));
    eventually("it is over", || app.running.calls().pauses().is_empty()).await;
    assert_eq!(picture(&client).await.status, 200);
    eventually("that is on record", || !ends(&app).is_empty()).await;
    let expected = vec![("gateway environment:app".to_owned(), json!("its time is up"))];
    assert_eq!(ends(&app), expected);
    let app = app.restart().await;
    assert_eq!(app.running.calls().pauses(), [], "and it does not come back");
}

#[tokio::test]
async fn a_pause_survives_a_restart_and_a_kill() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    pause(&app, json!({"environment": "app", "reason": "a leak"})).await;
    let app = app.restart().await;
    assert_eq!(picture(&client.clone().at(app.url())).await.json()["reason"], "a leak");
    let app = app.crash().await;
    let client = client.at(app.url());
    assert_eq!(picture(&client).await.problem(), "503 paused");
    assert_eq!(ends(&app), []);
    app.tell("/api/v1/resume", &json!({"environment": "app", "reason": "found"})).await;
    assert_eq!(picture(&client).await.status, 200);
    let app = app.crash().await;
    let another = json!({"prompt": "another heron"});
    assert_eq!(client.at(app.url()).post(GENERATE, &another).await.status, 200);
    assert_eq!(app.arrived(), 2);
}

/// Between the two the older one's end must not take the newer one away, here and after a restart.
#[tokio::test]
async fn a_pause_that_is_made_again_lasts_as_was_said_last() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    pause(&app, json!({"environment": "app", "for": "1m", "reason": "short"})).await;
    let view = pause(&app, json!({"environment": "app", "for": "1h", "reason": "long"})).await;
    assert_eq!(view["pauses"].as_array().unwrap().len(), 1);
    app.clock.advance(Duration::from_mins(2));
    let app = app.restart().await;
    assert_eq!(picture(&client.at(app.url())).await.json()["reason"], "long");
    assert_eq!(ends(&app), []);
}
