//! The record is searched by what only it knows: owners, users and codes, as they were then.

use crate::support::{Client, Home, TestApp};
use ideogate::simulator::{Act, Script};
use serde_json::json;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const LATER: &str = "/v2/image/generate/ideogram-4-5";

async fn count(app: &TestApp, filter: &str) -> usize {
    app.entries().await;
    let reply = app.local_admin().get(&format!("/api/v1/audit?{filter}")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    String::from_utf8(reply.body.to_vec()).unwrap().lines().count()
}

async fn own(app: &TestApp, client: &Client, owner: &str) {
    let path = format!("/api/v1/tokens/{}/update", client.id());
    app.tell(&path, &json!({"owner": owner})).await;
}

#[tokio::test]
async fn a_search_by_status_and_code_finds_what_clients_were_told_and_not_what_ideogram_said() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    let lost = client.post(GENERATE, &json!({"prompt": "a storm"})).await;
    assert_eq!(lost.problem(), "502 outcome_unknown");
    app.ideogram.script(Script::new(Act::status(422)));
    assert_eq!(client.post(GENERATE, &json!({"prompt": "no"})).await.status, 422);
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a calm sea"})).await.status, 200);
    for (filter, expected) in [
        ("code=outcome_unknown", 1),
        ("status=502", 1),
        ("status=422", 1),
        ("status=200", 1),
        ("status=503", 0),
        ("code=outcome_unknown&status=422", 0),
        ("result=pending", 0),
    ] {
        assert_eq!(count(&app, filter).await, expected, "{filter}");
    }
    app.ideogram.script(Script::new(Act::Hold).on(LATER));
    let wish = json!({"prompt": "a harbour", "quality": "low", "async": true});
    assert_eq!(client.post(LATER, &wish).await.status, 200);
    assert_eq!(count(&app, "result=pending").await, 1);
    assert_eq!(count(&app, "result=pending&route=v3.generate").await, 0);
}

#[tokio::test]
async fn owner_and_user_are_those_of_the_time_of_the_call() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for (owner, user) in [("marketing", "ann@example.com"), ("sales", "bob@example.com")] {
        own(&app, &client, owner).await;
        let request = client.request("POST", GENERATE).header("Ideogate-User", user);
        let wish = json!({"prompt": format!("a heron for {owner}")});
        assert_eq!(client.send(request.json(&wish)).await.status, 200);
    }
    own(&app, &client, "nobody-yet").await;
    for (filter, expected) in [
        ("owner=marketing", 1),
        ("owner=sales", 1),
        ("owner=nobody-yet", 0),
        ("user=ann@example.com", 1),
        ("owner=marketing&user=bob@example.com", 0),
    ] {
        assert_eq!(count(&app, filter).await, expected, "{filter}");
    }
    let usage = app.ask("/api/v1/usage?by=owner").await;
    let keys: Vec<_> = usage.as_array().unwrap().iter().map(|line| line["key"].clone()).collect();
    assert_eq!(keys, ["marketing", "sales"]);
    assert_eq!(app.ask("/api/v1/usage?owner=marketing").await[0]["calls"], 1);
}

#[tokio::test]
async fn an_export_is_narrowed_in_the_same_way_and_says_so_by_id() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    for user in ["ann@example.com", "bob@example.com"] {
        let request = client.request("POST", GENERATE).header("Ideogate-User", user);
        assert_eq!(client.send(request.json(&json!({"prompt": "a heron"}))).await.status, 200);
    }
    let narrowed = ["--user", "ann@example.com", "--status", "200", "--to", "ann.jsonl"];
    home.run(&[&["audit", "export"], &narrowed[..]].concat()).await.good();
    let text = std::fs::read_to_string(home.path().join("ann.jsonl")).unwrap();
    assert_eq!(text.lines().count() - 2, 2, "an intent and its outcome: {text}");
    assert!(text.contains("\"user\":\"usr_") && !text.contains("ann@"), "{text}");
    gateway.stop().await;
}
