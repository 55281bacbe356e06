//! Whoever still uses the old secret is seen, and told.

use super::{grace, picture, rotate};
use crate::support::{Client, TestApp, eventually};
use ideogate::tokens::RotationRequest;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn the_record_says_which_secret_came() {
    let app = TestApp::spawn().await;
    let old = app.client().await;
    picture(&old).await;
    let new = rotate(&app, &old, &RotationRequest::default()).await;
    picture(&old).await;
    picture(&new).await;
    assert_eq!(new.get("/nowhere").await.problem(), "404 route_unknown");
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(picture(&old).await.problem(), "401 token_invalid");
    let entries = app.entries().await;
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.metadata.more.secret, &*entry.metadata.decision))
        .collect();
    let expected = [
        (Some(1), "allowed"),
        (Some(1), "allowed"),
        (Some(2), "allowed"),
        (Some(2), "route_unknown"),
        (Some(1), "token_invalid"),
    ];
    assert_eq!(told, expected);
    let last = &entries[4].metadata;
    assert_eq!(last.token_id.as_ref(), Some(old.id()), "who still tries is known");
    assert_eq!(last.more.reason.as_deref(), Some("secret replaced"));
}

#[tokio::test]
async fn every_answer_to_the_old_secret_says_until_when_it_works() {
    let app = TestApp::spawn().await;
    let old = app.client().await;
    let retires =
        |reply: &crate::support::Reply| reply.header("ideogate-token-retires").map(str::to_owned);
    assert_eq!(retires(&picture(&old).await), None);
    let new = rotate(&app, &old, &grace("2h")).await;
    let end = app.now().plus(Duration::from_hours(2)).to_string();
    for path in ["/models", "/nowhere", "/_ideogate/whoami", "/health"] {
        assert_eq!(retires(&old.get(path).await).as_ref(), Some(&end), "{path}");
        assert_eq!(retires(&new.get(path).await), None, "{path}");
    }
    assert_eq!(retires(&picture(&old).await), Some(end.clone()));
    let who = old.get("/_ideogate/whoami").await.json();
    let expected = json!({
        "number": 1, "made_at": who["secret"]["made_at"], "retires_at": end,
    });
    assert_eq!(who["secret"], expected);
    assert_eq!(new.get("/_ideogate/whoami").await.json()["secret"]["number"], 2);
    app.clock.advance(Duration::from_hours(2));
    let refused = picture(&old).await;
    assert_eq!((refused.problem().as_str(), retires(&refused)), ("401 token_invalid", None));
}

#[tokio::test]
async fn requests_with_an_old_secret_are_counted() {
    let app = TestApp::spawn().await;
    let old = app.client().await;
    let count = async || {
        let operator = Client::new(format!("http://{}", app.running.admin()), "");
        let reply = operator.get("/metrics").await;
        let text = String::from_utf8(reply.body.to_vec()).unwrap();
        let name = "ideogate_old_secret_requests_total{environment=\"app\"} ";
        text.lines().find_map(|line| line.strip_prefix(name).map(|n| n.parse::<u64>().unwrap()))
    };
    picture(&old).await;
    assert_eq!(count().await, Some(0));
    let new = rotate(&app, &old, &RotationRequest::default()).await;
    picture(&new).await;
    assert_eq!(count().await, Some(0));
    picture(&old).await;
    old.get("/models").await;
    assert_eq!(count().await, Some(2));
}

fn last_used(token: &Value) -> Vec<Value> {
    let secrets = token["secrets"].as_array().unwrap();
    secrets.iter().map(|secret| secret["last_used_at"].clone()).collect()
}

#[tokio::test]
async fn operators_see_when_each_secret_was_last_used_also_after_a_restart() {
    let app = TestApp::spawn().await;
    let old = app.client().await;
    let path = format!("/api/v1/tokens/{}", old.id());
    picture(&old).await;
    app.clock.advance(Duration::from_mins(1));
    let new = rotate(&app, &old, &RotationRequest::default()).await;
    assert_eq!(last_used(&app.ask(&path).await)[1], Value::Null);
    picture(&old).await;
    let first = app.now().to_string();
    app.clock.advance(Duration::from_mins(1));
    // A refusal that the secret did not cause shows that it is in use.
    assert_eq!(new.get("/nowhere").await.problem(), "404 route_unknown");
    let second = app.now().to_string();
    let shown = app.ask(&path).await;
    assert_eq!(last_used(&shown), [json!(first), json!(second)]);
    assert_eq!(
        (&shown["secrets"][0]["alive"], &shown["secrets"][0]["number"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(shown["secrets"][1]["ends_at"], Value::Null);
    let reader = app.running.reader().clone();
    eventually("the refusal is on record", || {
        reader.records(&ideogate::store::RecordQuery::default()).unwrap().len() >= 5
    })
    .await;
    let app = app.restart().await;
    assert_eq!(last_used(&app.ask(&path).await), [json!(first), json!(second)]);
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(picture(&old.clone().at(app.url())).await.problem(), "401 token_invalid");
    let shown = app.ask(&path).await;
    assert_eq!(last_used(&shown)[0], json!(first), "trying in vain is no use");
    assert_eq!(shown["secrets"][0]["alive"], false);
}

#[tokio::test]
async fn never_do_more_than_two_secrets_open_the_door() {
    let app = TestApp::spawn().await;
    let first = app.client().await;
    let second = rotate(&app, &first, &RotationRequest::default()).await;
    let path = format!("/api/v1/tokens/{}/rotate", first.id());
    let refused = app.tell(&path, &json!({})).await;
    assert_eq!(refused["code"], "two_secrets_alive");
    assert!(refused["detail"].as_str().unwrap().contains("--drop-old"), "{refused}");
    assert_eq!((picture(&first).await.status, picture(&second).await.status), (200, 200));
    let made = app.tell(&path, &json!({"drop": "old"})).await;
    let third = Client::new(app.url(), made["token"].as_str().unwrap());
    assert_eq!(picture(&first).await.problem(), "401 token_invalid");
    assert_eq!((picture(&second).await.status, picture(&third).await.status), (200, 200));
    assert_eq!(app.arrived(), 4);
}
