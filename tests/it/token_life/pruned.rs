//! Forgetting what ended long ago.

use super::{BY, DAY, GENERATE, becomes, listed, named};
use crate::support::{Home, TestApp};
use ideogate::{
    domain::TokenState,
    simulator::{Act, Script},
};
use serde_json::{Value, json};

async fn prune(app: &TestApp, asked: Value) -> Value {
    app.tell("/api/v1/tokens/prune", &asked).await
}

fn names(view: &Value, side: &str) -> Vec<String> {
    let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
    let mut names: Vec<_> =
        view[side].as_array().unwrap_or_else(|| panic!("{view}")).iter().map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn prune_forgets_what_ended_and_keeps_what_has_money_open() {
    let app = TestApp::spawn().await;
    let (old, owing) =
        (named(&app, "old", None, "300d").await, named(&app, "owing", None, "300d").await);
    named(&app, "late", None, "1d").await;
    let lives = named(&app, "lives", None, "300d").await;
    let body = json!({"prompt": "a heron"});
    assert_eq!(old.post(GENERATE, &body).await.status, 200);
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    assert_eq!(owing.post(GENERATE, &body).await.problem(), "502 outcome_unknown");
    for client in [&old, &owing] {
        becomes(&app, client, TokenState::Revoked).await;
    }
    app.clock.advance(50 * DAY);
    let fresh = named(&app, "fresh", None, "300d").await;
    becomes(&app, &fresh, TokenState::Revoked).await;
    app.clock.advance(50 * DAY);
    let would = prune(&app, json!({"ended_for": "90d", "dry_run": true})).await;
    assert_eq!(names(&would, "pruned"), ["late", "old"]);
    assert_eq!(listed(&app, "?all=true").await.len(), 5, "that was a question");
    let done = prune(&app, json!({"ended_for": "90d"})).await;
    assert_eq!(done, would);
    assert_eq!(names(&done, "kept"), ["owing"]);
    assert_eq!(done["kept"][0]["reason"], "still has money reserved");
    assert_eq!(listed(&app, "?all=true").await, ["fresh", "lives", "owing"]);
    assert_eq!(old.post(GENERATE, &body).await.problem(), "401 token_invalid");
    assert_eq!(app.ask(&format!("/api/v1/tokens/{}", old.id())).await["code"], "token_unknown");
    assert_eq!(lives.post(GENERATE, &body).await.status, 200);
    let entries = app.all_entries();
    let pruned: Vec<_> = entries.iter().filter(|entry| &*entry.action == "token.prune").collect();
    assert_eq!(pruned.len(), 2, "each is on record");
    assert_eq!(names(&prune(&app, json!({"ended_for": "90d"})).await, "pruned"), [""; 0]);
    let app = app.restart().await;
    assert_eq!(listed(&app, "?all=true").await, ["fresh", "lives", "owing"]);
    named(&app, "old", None, "1d").await;
    assert_eq!(app.arrived(), 3);
}

/// It is asked for by the name that it had, for what it did is still there.
#[tokio::test]
async fn what_a_forgotten_token_did_is_found_by_its_name() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a heron"})).await.status, 200);
    home.run(&["token", "revoke", "test"]).await.good();
    let told = home.run(&["token", "prune", "--ended-for", "1d"]).await.good();
    assert_eq!(told.out, "0 pruned\n");
    let told =
        home.run(&["token", "prune", "--ended-for", "1us", "--environment", "app"]).await.good();
    assert!(
        told.out.contains("(test, app) ended 20") && told.out.ends_with("1 pruned\n"),
        "{told:?}"
    );
    let table = home.run(&["token", "list"]).await.good();
    assert!(table.err.contains("--all") || table.out.contains("--all"), "{table:?}");
    let found = home.run(&["audit", "search", "--token", "test", "--output", "json"]).await.good();
    assert!(found.lines().iter().any(|entry| entry["action"] == "ideogram.api.call"), "{found:?}");
    let wrong = home.run(&["token", "prune", "--ended-for", "soon", "--environment", "ap"]).await;
    assert_eq!(wrong.code, 64, "{wrong:?}");
    home.verify().await;
}

#[tokio::test]
async fn a_token_is_forgotten_only_once_nothing_of_it_is_open() {
    let app = TestApp::spawn().await;
    let keyed = named(&app, "keyed", None, "1h").await;
    let request = keyed.request("POST", GENERATE).header("Idempotency-Key", "order-7");
    assert_eq!(keyed.send(request.json(&json!({"prompt": "a"}))).await.status, 200);
    app.clock.advance(DAY / 2);
    let kept = prune(&app, json!({"ended_for": "1h"})).await;
    assert_eq!(kept["kept"][0]["reason"], "an idempotency key is still kept");
    assert_eq!(names(&kept, "pruned"), [""; 0]);
    app.clock.advance(DAY);
    assert_eq!(names(&prune(&app, json!({"ended_for": "1h"})).await, "pruned"), ["keyed"]);
    let disabled = named(&app, "off", None, "90d").await;
    app.running.tokens().set_state(disabled.id(), TokenState::Disabled, &BY).await.unwrap();
    app.clock.advance(10 * DAY);
    assert_eq!(names(&prune(&app, json!({"ended_for": "1h"})).await, "pruned"), [""; 0]);
}
