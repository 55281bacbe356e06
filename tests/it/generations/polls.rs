//! Polling one's own generations comes with the scope that makes them.

use super::{SUBMIT, submit, token};
use crate::support::{Client, TestApp, TestSettings, eventually};
use ideogate::{
    simulator::{Act, Script},
    tokens::{Asked, AskedLimits, NewToken},
};
use serde_json::json;

fn writer() -> NewToken {
    NewToken { scopes: vec!["write:generate".to_owned()], ..token() }
}

async fn poll(client: &Client, id: &str) -> String {
    let reply = client.get(&format!("/v1/generations/{id}")).await;
    if reply.status == 200 { "granted".to_owned() } else { reply.problem() }
}

#[tokio::test]
async fn a_token_polls_what_it_made_without_a_scope_to_read() {
    let app = TestApp::spawn().await;
    let client = app.client_of(writer()).await;
    app.ideogram.script(Script::new(Act::Hold).on("POST /v1/*"));
    let id = submit(&client).await;
    let before = app.arrived_for_clients();
    assert_eq!(poll(&client, &id).await, "granted");
    assert_eq!(app.arrived_for_clients(), before + 1);
}

#[tokio::test]
async fn without_the_scope_to_read_a_token_polls_nothing_that_others_made() {
    let app = TestApp::spawn().await;
    let of = |scopes: &[&str]| NewToken {
        owner: Some("studio".to_owned()),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..token()
    };
    let maker = app.client_of(of(&["write:generate"])).await;
    app.ideogram.script(Script::new(Act::Hold).on("POST /v1/*"));
    let id = submit(&maker).await;
    let before = app.arrived_for_clients();
    let colleague = app.client_of(of(&["write:generate"])).await;
    assert_eq!(poll(&colleague, &id).await, "404 generation_unknown");
    let nobody = app.client_of(of(&["read:models"])).await;
    assert_eq!(poll(&nobody, &id).await, "403 scope_missing");
    let trainer = app.client_of(of(&["write:generate"])).await;
    assert_eq!(poll(&trainer, "abc").await, "404 generation_unknown");
    assert_eq!(app.arrived_for_clients(), before, "nothing arrived");
    let reader = app.client_of(of(&["read:generations"])).await;
    assert_eq!(poll(&reader, &id).await, "granted");
}

#[tokio::test]
async fn what_only_reads_still_cannot_make_anything() {
    let app = TestApp::spawn().await;
    let reader = app.client_of(NewToken { scopes: vec!["read:*".to_owned()], ..token() }).await;
    let reply = reader.post(SUBMIT, &json!({"text_prompt": "a lighthouse"})).await;
    assert_eq!((reply.problem(), app.arrived_for_clients()), ("403 scope_missing".to_owned(), 0));
}

#[tokio::test]
async fn a_route_that_lists_generations_needs_the_scope_to_read() {
    let file = "[routes.\"own.list\"]\nmethod = \"GET\"\npath = \"/v1/all-generations\"\n\
                scope = \"read:generations\"\nenabled = true\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("routes.toml");
    std::fs::write(&path, file).unwrap();
    let toml = format!("[routes]\nfile = \"{}\"\n", path.display());
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client_of(writer()).await;
    let reply = client.get("/v1/all-generations").await;
    assert_eq!((reply.problem(), app.arrived_for_clients()), ("403 scope_missing".to_owned(), 0));
}

#[tokio::test]
async fn polls_of_what_a_token_made_do_not_use_its_rate_up_but_end_somewhere() {
    let app = TestApp::spawn().await;
    let client = app
        .client_of(NewToken {
            limits: AskedLimits { rate: Asked::Is("2/min".to_owned()), ..writer().limits },
            ..writer()
        })
        .await;
    app.ideogram.script(Script::new(Act::Hold).on("POST /v1/*"));
    let id = submit(&client).await;
    // Thirty for each request of a minute; a slow machine may have earned a few more.
    let mut granted = 0;
    let refused = loop {
        match poll(&client, &id).await {
            told if told == "granted" => granted += 1,
            told => break told,
        }
        assert!(granted < 200, "there is no end");
    };
    assert_eq!(refused, "429 rate_limited");
    assert!(granted >= 60, "{granted}");
    let reply = client.get(&format!("/v1/generations/{id}")).await;
    assert!(reply.json()["message"].as_str().unwrap().contains("60 times a minute"), "{reply:?}");
    app.ideogram.release();
    eventually("Ideogram ends it", || app.ideogram.places_in_flight() == 0).await;
    // Its requests are all there but the one that it made.
    submit(&client).await;
}

#[tokio::test]
async fn whoever_guesses_generations_uses_its_rate_up() {
    let app = TestApp::spawn().await;
    let client = app
        .client_of(NewToken {
            limits: AskedLimits { rate: Asked::Is("2/min".to_owned()), ..writer().limits },
            ..writer()
        })
        .await;
    for _ in 0..2 {
        assert_eq!(poll(&client, "guessed").await, "404 generation_unknown");
    }
    assert_eq!(poll(&client, "guessed").await, "429 rate_limited");
    assert_eq!(app.arrived_for_clients(), 0);
}

#[tokio::test]
async fn whoami_says_that_a_token_may_poll_what_it_makes() {
    let app = TestApp::spawn().await;
    let client = app.client_of(writer()).await;
    let who = client.get("/_ideogate/whoami").await.json();
    let may = who["may"].to_string();
    assert!(may.contains("poll the generations that it makes"), "{may}");
    assert!(!may.contains("may not poll") && !may.contains("poll its own"), "{may}");
}
