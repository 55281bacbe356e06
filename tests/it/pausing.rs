//! What is paused takes no new call and says why; what is not paused goes on.

mod commands;
mod ends;

use crate::support::{Client, Reply, TestApp, TestSettings, eventually};
use ideogate::simulator::{Act, Script};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::JoinHandle;

const GENERATE: &str = "/v1/ideogram-v3/generate";

/// An app with another environment beside `app`, at the same account and with one place.
async fn two() -> (TestApp, Client, Client) {
    let toml = "[accounts.ideogram]\nmax_in_flight = 1\n[queue]\ntimeout = \"5m\"\n\
                [environments.other]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\n";
    let app =
        TestApp::with(TestSettings { toml: toml.to_owned(), ..TestSettings::default() }).await;
    let (one, other) = (app.client().await, app.client_with("other", &["write:*"]).await);
    (app, one, other)
}

async fn picture(client: &Client) -> Reply {
    client.post(GENERATE, &json!({"prompt": "a heron"})).await
}

fn later(client: &Client) -> JoinHandle<Reply> {
    let client = client.clone();
    tokio::spawn(async move { picture(&client).await })
}

async fn pause(app: &TestApp, asked: Value) -> Value {
    app.tell("/api/v1/pause", &asked).await
}

#[tokio::test]
async fn one_environment_is_paused_and_others_go_on() {
    let (app, one, other) = two().await;
    let asked = json!({"environment": "app", "reason": "moving to a new key", "for": "30m"});
    let view = pause(&app, asked).await;
    let until = app.now().plus(Duration::from_mins(30));
    let expected = json!({"paused": false, "pauses": [{
        "target": "environment:app", "environment": "app", "reason": "moving to a new key",
        "since": app.now(), "until": until, "by": view["pauses"][0]["by"],
    }]});
    assert_eq!(view, expected);
    let refused = picture(&one).await;
    assert_eq!(refused.problem(), "503 paused");
    let told = refused.json();
    let minute = until.to_string().replace('T', " ");
    let message = format!("environment app is paused: moving to a new key; until {minute:.16}Z");
    assert_eq!((&told["message"], &told["retryable"]), (&json!(message), &json!(true)));
    assert_eq!(told["reason"], "moving to a new key");
    assert_eq!(told["paused_until"], json!(until));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1_790..=1_800).contains(&wait), "{wait}");
    assert_eq!(picture(&other).await.status, 200);
    let queue = app.ask("/api/v1/queue").await;
    let account = &queue["accounts"].as_array().unwrap()[0];
    assert_eq!((&account["name"], &account["pause"]), (&json!("ideogram"), &Value::Null));
    let lane = |name: &str| {
        let lanes = account["environments"].as_array().unwrap();
        lanes.iter().find(|lane| lane["name"] == name).unwrap()["pause"]["reason"].clone()
    };
    assert_eq!((lane("app"), lane("other")), (json!("moving to a new key"), Value::Null));
    let metrics = app.running.metrics().render();
    assert!(metrics.contains("ideogate_paused{target=\"environment:app\"} 1"), "{metrics}");
    assert!(metrics.contains("ideogate_paused{target=\"all\"} 0"), "{metrics}");
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn an_account_is_paused_with_all_its_environments() {
    let (app, one, other) = two().await;
    let sandbox = app.client_with("sandbox", &["write:generate"]).await;
    pause(&app, json!({"account": "ideogram"})).await;
    for client in [&one, &other] {
        let refused = picture(client).await;
        assert_eq!(refused.problem(), "503 paused");
        assert_eq!(refused.json()["message"], "account ideogram is paused");
        assert_eq!(refused.header("retry-after"), Some("10"), "nobody said until when");
        assert!(refused.json().get("paused_until").is_none(), "and nothing is said of it");
    }
    assert_eq!(picture(&sandbox).await.status, 200, "another account goes on");
    pause(&app, json!({"environment": "app", "reason": "its own"})).await;
    assert_eq!(picture(&one).await.json()["reason"], "its own", "the narrowest is told");
    app.tell("/api/v1/resume", &json!({"account": "ideogram"})).await;
    assert_eq!((picture(&one).await.status, picture(&other).await.status), (503, 200));
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn who_waits_is_sent_away_and_reads_the_reason() {
    let (app, one, other) = two().await;
    app.ideogram.script(Script::new(Act::Hold));
    let running = later(&one);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let (waits, goes_on) = (later(&one), later(&other));
    eventually("two wait", || app.places().2 == 2).await;
    pause(&app, json!({"environment": "app", "reason": "a leak"})).await;
    let refused = waits.await.unwrap();
    assert_eq!(
        (refused.problem(), &refused.json()["reason"]),
        ("503 paused".to_owned(), &json!("a leak"))
    );
    assert_eq!(app.places().2, 1, "the other one keeps its seat");
    app.ideogram.release();
    assert_eq!((running.await.unwrap().status, goes_on.await.unwrap().status), (200, 200));
    assert_eq!(app.arrived(), 2);
}

/// Ideogram said 429, and the call waits for its place once more.
#[tokio::test]
async fn a_call_that_waits_again_after_a_429_is_sent_away_with_the_reason() {
    let app = TestApp::spawn().await;
    let (one, other) = (app.client().await, app.client().await);
    app.ideogram.script(Script::new(Act::Hold));
    let running = later(&other);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    app.ideogram.script(Script::new(Act::status(429)));
    let call = later(&one);
    eventually("it was refused for now", || app.attempts() == [429]).await;
    app.places_become((1, 0, 1)).await;
    pause(&app, json!({"environment": "app", "reason": "a leak"})).await;
    assert_eq!(call.await.unwrap().problem(), "503 paused");
    app.ideogram.release();
    assert_eq!((running.await.unwrap().status, app.arrived()), (200, 2));
    assert_eq!(app.places(), (0, 0, 0));
}

#[tokio::test]
async fn mistakes_are_told_all_at_once_and_nothing_is_paused() {
    let app = TestApp::spawn().await;
    let wrong = json!({"environment": "ap", "account": "idiogram", "for": "0s", "reason": " "});
    let told = pause(&app, wrong).await;
    let told: Vec<_> = told["mistakes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!("{}: {}", one["field"].as_str().unwrap(), one["problem"].as_str().unwrap())
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    account: there is no account 'idiogram'; did you mean 'ideogram'?
    environment: there is no environment 'ap'; did you mean 'app'?
    reason: has 1 to 256 characters
    for: '0s' is not a duration like 30m or 12h, 366d at most
    ");
    for wrong in
        [json!({"reason": "a\nb"}), json!({"for": "400d"}), json!({"reason": "x".repeat(257)})]
    {
        assert_eq!(pause(&app, wrong).await["code"], "request_invalid");
    }
    assert_eq!(pause(&app, json!({"envrionment": "app"})).await["code"], "malformed_request");
    assert_eq!(app.ask("/api/v1/pause").await, json!({"paused": false, "pauses": []}));
    assert_eq!(picture(&app.client().await).await.status, 200);
}
