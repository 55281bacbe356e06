//! End users: on record by an id that says nothing, known to those who may know, and forgotten when asked.

use crate::support::{Client, Home, TestApp};
use ideogate::{
    audit::{Entry, fold},
    store::RecordQuery,
};
use serde_json::{Value, json};
use std::fs;

mod addresses;
mod older;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const ANN: &str = "ann@example.com";

async fn call(client: &Client, user: &str) {
    let request = client.request("POST", GENERATE).header("Ideogate-User", user);
    let reply = client.send(request.json(&json!({"prompt": "a heron at dawn"}))).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// All that is on record, once all that happened is.
async fn record(app: &TestApp) -> Vec<Entry> {
    app.entries().await;
    fold(app.running.reader().records(&RecordQuery::default()).unwrap())
}

/// The users of all calls on record, oldest first.
async fn users(app: &TestApp) -> Vec<String> {
    let calls = app.entries().await.into_iter().filter(|entry| entry.metadata.call_id.is_some());
    calls.map(|entry| entry.metadata.on_behalf_of.unwrap().into()).collect()
}

async fn forget(app: &TestApp, user: &str, reason: &str) -> Value {
    app.tell("/api/v1/audit/persons/forget", &json!({"user": user, "reason": reason})).await
}

async fn find(app: &TestApp, user: &str) -> Value {
    app.tell("/api/v1/audit/persons/find", &json!({"user": user})).await
}

#[tokio::test]
async fn calls_of_one_user_are_told_by_one_id_and_found_by_id_and_name() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for user in [ANN, "Zoë", ANN] {
        call(&client, user).await;
    }
    let found = users(&app).await;
    assert!(found.iter().all(|user| user.starts_with("usr_")), "{found:?}");
    assert_eq!(found[0], found[2]);
    assert_ne!(found[0], found[1]);
    assert_eq!(find(&app, ANN).await, json!({"user": found[0]}));
    assert_eq!(find(&app, &found[0]).await, json!({"user": found[0]}));
    assert_eq!(find(&app, "ann").await["code"], "person_unknown");
    let listed = app.ask("/api/v1/audit/persons").await;
    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap();
        list.iter().map(|one| format!("{} {}", one["name"], one["calls"])).collect()
    };
    assert_eq!(names(&listed), [format!("\"{ANN}\" 2"), "\"Zoë\" 1".to_owned()]);
    let rest = app.ask(&format!("/api/v1/audit/persons?after={}", found[0])).await;
    assert_eq!(names(&rest), ["\"Zoë\" 1"]);
    let usage = app.ask("/api/v1/usage?by=user").await;
    assert_eq!((&usage[0]["key"], &usage[0]["name"]), (&json!(found[0]), &json!(ANN)));
    assert_eq!(app.ask(&format!("/api/v1/usage?user={ANN}")).await[0]["calls"], 2);
    assert_eq!(app.ask("/api/v1/usage?user=nobody").await["code"], "person_unknown");
}

#[tokio::test]
async fn a_name_that_looks_like_an_id_gets_one_of_its_own() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    call(&client, ANN).await;
    let anns = users(&app).await.remove(0);
    call(&client, &anns).await;
    let found = users(&app).await;
    assert_ne!(found[0], found[1], "what an app sends is a name, whatever it looks like");
    assert_eq!(find(&app, &anns).await, json!({"user": anns}), "an id means whom it stands for");
    app.search_nothing();
}

#[tokio::test]
async fn a_refusal_and_an_answer_that_is_given_again_name_their_user() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let keyed = async || {
        let request = client.request("POST", GENERATE).header("Ideogate-User", ANN);
        let request = request.header("Idempotency-Key", "once-and-only-once");
        client.send(request.json(&json!({"prompt": "a heron at dusk"}))).await.status
    };
    assert_eq!((keyed().await, keyed().await), (200, 200));
    let refused = client.request("POST", "/nowhere").header("Ideogate-User", ANN);
    assert_eq!(client.send(refused).await.problem(), "404 route_unknown");
    let entries = record(&app).await;
    let named = entries.iter().filter_map(|entry| entry.metadata.on_behalf_of.as_deref());
    let named: Vec<_> = named.collect();
    assert_eq!(named.len(), 3, "{entries:?}");
    assert!(named.iter().all(|user| *user == named[0] && user.starts_with("usr_")), "{named:?}");
    let path = format!("/api/v1/audit?user={}", named[0]);
    let found = app.local_admin().get(&path).await.body;
    assert_eq!(String::from_utf8_lossy(&found).lines().count(), 3);
}

#[tokio::test]
async fn who_was_forgotten_is_nobody_and_who_comes_again_is_somebody_else() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    call(&client, ANN).await;
    let before = users(&app).await.remove(0);
    let done = forget(&app, ANN, "asked to, ticket 4711").await;
    assert_eq!((&done["user"], &done["calls"]), (&json!(before), &json!(1)));
    assert_eq!(done["log_cleared"], true);
    assert_eq!(find(&app, ANN).await["code"], "person_unknown");
    assert_eq!(find(&app, &before).await, json!({"user": before}), "the record still names it");
    assert_eq!(forget(&app, &before, "again").await["code"], "person_forgotten");
    assert_eq!(forget(&app, ANN, "again").await["code"], "person_unknown");
    let usage = app.ask("/api/v1/usage?by=user").await;
    assert_eq!((&usage[0]["key"], &usage[0]["name"]), (&json!(before), &Value::Null));
    call(&client, ANN).await;
    let found = users(&app).await;
    assert_eq!(found[0], before);
    assert_ne!(found[1], before);
    let done = |entry: &Entry| *entry.action == *"person.forget";
    let entry = record(&app).await.into_iter().find(done).unwrap();
    assert_eq!(*entry.resource, *before);
    assert_eq!(entry.metadata.more.after.unwrap()["reason"], "asked to, ticket 4711");
    let app = app.restart().await;
    assert_eq!(users(&app).await, found, "the record is as it was");
}

#[tokio::test]
async fn a_reason_that_holds_the_name_is_refused_and_nothing_is_forgotten() {
    let app = TestApp::spawn().await;
    call(&app.client().await, ANN).await;
    let id = users(&app).await.remove(0);
    for (user, reason) in [
        (ANN, "Ann@Example.com asked to"),
        (&*id, "mail of ANN@EXAMPLE.COM"),
        (ANN, " "),
        (ANN, "two\nlines"),
    ] {
        let refused = forget(&app, user, reason).await;
        assert_eq!(refused["code"], "request_invalid", "{refused}");
    }
    assert_eq!(find(&app, ANN).await, json!({"user": id}));
    let changes = record(&app).await;
    assert!(changes.iter().all(|entry| *entry.action != *"person.forget"), "{changes:?}");
}

#[tokio::test]
async fn viewers_see_ids_and_operators_names_and_admins_alone_forget() {
    let app = TestApp::spawn().await;
    call(&app.client().await, ANN).await;
    let id = users(&app).await.remove(0);
    let viewer = app.made_operator("vera", "viewer").await;
    let operator = app.made_operator("otto", "operator").await;
    assert_eq!(viewer.get("/api/v1/usage?by=user").await.json()[0]["name"], Value::Null);
    assert_eq!(operator.get("/api/v1/usage?by=user").await.json()[0]["name"], ANN);
    assert_eq!(viewer.get("/api/v1/audit/persons").await.status, 403);
    assert_eq!(operator.get("/api/v1/audit/persons").await.json()[0]["user"], json!(id));
    let body = json!({"user": ANN, "reason": "asked to"});
    let find = "/api/v1/audit/persons/find";
    assert_eq!(viewer.post(find, Some(&json!({"user": ANN}))).await.status, 403);
    assert_eq!(viewer.get(&format!("/api/v1/usage?user={ANN}")).await.status, 403);
    assert_eq!(viewer.get(&format!("/api/v1/audit?user={ANN}")).await.status, 403);
    assert_eq!(viewer.get(&format!("/api/v1/audit?user={id}")).await.status, 200);
    let forget = "/api/v1/audit/persons/forget";
    assert_eq!(operator.post(forget, Some(&body)).await.status, 403);
    assert_eq!(operator.get("/api/v1/audit/persons").await.json()[0]["name"], ANN);
    // Operators were told the name over the network, which the search takes for an answer to an app.
    app.search_nothing();
}

#[tokio::test]
async fn without_their_key_ids_stay_and_names_are_gone() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    call(&client, ANN).await;
    let before = home.run(&["audit", "person", "list", "--output", "json"]).await.good().json();
    assert_eq!(before["name"], ANN);
    gateway.stop().await;
    fs::remove_file(home.data().join("persons.key")).unwrap();
    let gateway = home.start().await;
    let after = home.run(&["audit", "person", "list", "--output", "json"]).await.good().json();
    assert_eq!((&after["user"], &after["name"]), (&before["user"], &Value::Null));
    let shown = home.run(&["audit", "person", "list"]).await.good().out;
    assert!(shown.contains("(sealed)"), "{shown}");
    call(&Client::new(gateway.ready.proxy.clone(), &client.token), ANN).await;
    let both = home.run(&["audit", "person", "list", "--output", "json"]).await.good().lines();
    assert_eq!(both.len(), 2, "who comes again is somebody new");
    gateway.stop().await;
}

#[tokio::test]
async fn operators_list_search_and_forget_by_name_on_the_command_line() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    call(&client, ANN).await;
    call(&client, "bob@example.com").await;
    let search =
        async |user: &str| home.run(&["audit", "search", "--user", user, "--output", "json"]).await;
    let found = search(ANN).await.good().lines();
    assert_eq!(found.len(), 1);
    let id = found[0]["metadata"]["on_behalf_of"].as_str().unwrap().to_owned();
    assert_eq!(search("nobody@example.com").await.code, 1);
    let usage = home.json(&["usage", "--by", "user", "--user", ANN]).await;
    assert_eq!((&usage[0]["key"], &usage[0]["name"]), (&json!(id), &json!(ANN)));
    let reason = ["--reason", "asked to, ticket 4711"];
    let told = home.run(&[&["audit", "person", "forget", ANN], &reason[..]].concat()).await.good();
    let expected = format!("forgotten: {id}. 1 call stays on record under that id");
    assert!(told.out.starts_with(&expected), "{told:?}");
    let again = home.run(&[&["audit", "person", "forget", &id], &reason[..]].concat()).await;
    assert!(again.code == 1 && again.err.contains("they were forgotten at"), "{again:?}");
    assert_eq!(home.run(&["audit", "person", "forget", ANN]).await.code, 64, "without a reason");
    assert_eq!(search(ANN).await.code, 1);
    assert_eq!(search(&id).await.good().lines().len(), 1);
    home.verify().await;
    gateway.stop().await;
}
