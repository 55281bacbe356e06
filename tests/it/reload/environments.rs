//! Environments that come, and go.

use super::{GENERATE, app};
use serde_json::json;

#[tokio::test]
async fn a_new_environment_works_at_once_with_its_key() {
    let app = app("").await;
    let team = "[environments.team]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\n";
    assert!(app.reload(team).await.contains(&"environments.team.scopes".to_owned()));
    let client = app.client_with("team", &["write:generate"]).await;
    assert_eq!(client.post(GENERATE, &json!({"prompt": "new"})).await.status, 200);
    let shown = app.ask("/api/v1/environments/team").await;
    assert_eq!((&shown["key"]["status"], &shown["state"]), (&json!("present"), &json!("enabled")));
    let adopted = app.all_entries().into_iter().filter(|entry| &*entry.action == "key.adopt");
    assert!(adopted.count() >= 2, "the key is on record for it");
    let app = app.restart().await;
    assert_eq!(
        app.ask("/api/v1/environments/team").await["status"],
        404,
        "the test's file has it not"
    );
}

#[tokio::test]
async fn a_new_environment_of_the_simulator_needs_no_key() {
    let app = app("").await;
    app.reload("[environments.play]\naccount = \"simulator\"\nscopes = [\"write:*\"]\n").await;
    let client = app.client_with("play", &["write:generate"]).await;
    assert_eq!(client.post(GENERATE, &json!({"prompt": "play"})).await.status, 200);
    assert_eq!(app.arrived(), 0, "nothing went to Ideogram");
}

#[tokio::test]
async fn an_environment_that_is_gone_answers_503_and_works_again_when_it_comes_back() {
    let app = app("").await;
    let team = "[environments.team]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\n";
    let without = std::fs::read_to_string(app.file()).unwrap();
    app.reload(team).await;
    let client = app.client_with("team", &["write:generate"]).await;
    let with = std::fs::read_to_string(app.file()).unwrap();
    std::fs::write(app.file(), without).unwrap();
    app.reload("").await;
    let refused = client.post(GENERATE, &json!({"prompt": "gone"})).await;
    assert_eq!(refused.problem(), "503 environment_unavailable");
    assert_eq!(app.arrived(), 0);
    std::fs::write(app.file(), with).unwrap();
    app.reload("").await;
    assert_eq!(client.post(GENERATE, &json!({"prompt": "back"})).await.status, 200);
}

#[tokio::test]
async fn who_may_not_administer_may_not_reload() {
    let app = app("").await;
    let operator = app.made_operator("op", "operator").await;
    app.change("[queue]\ncapacity = 7\n");
    let refused = operator.post("/api/v1/config/reload", Some(&json!({}))).await;
    assert_eq!(refused.admin_problem(), "403 role_missing");
    let settings = app.ask("/api/v1/settings").await;
    let capacity = |one: &&serde_json::Value| one["key"] == "queue.capacity";
    assert_eq!(settings.as_array().unwrap().iter().find(capacity).unwrap()["value"], "1000");
}
