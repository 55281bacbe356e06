//! A generation belongs to its token's environment and owner; to others it does not exist.

use super::{SUBMIT, submit, submitted, token};
use crate::support::{Client, TestApp, TestSettings};
use ideogate::{
    simulator::{Act, Script},
    tokens::NewToken,
};
use serde_json::json;

const OTHER: &str =
    "[environments.other]\naccount = \"ideogram\"\nscopes = [\"read:*\", \"write:*\"]\n";

fn of(owner: Option<&str>, environment: &str) -> NewToken {
    let owner = owner.map(str::to_owned);
    NewToken { owner, environment: environment.to_owned(), ..token() }
}

async fn poll(client: &Client, id: &str) -> String {
    let reply = client.get(&format!("/v1/generations/{id}")).await;
    if reply.status == 200 { "granted".to_owned() } else { reply.problem() }
}

#[tokio::test]
async fn an_owners_tokens_share_a_generation_within_an_environment() {
    let settings = TestSettings { toml: OTHER.to_owned(), ..TestSettings::default() };
    let app = TestApp::with(settings).await;
    let client = app.client_of(of(Some("studio"), "app")).await;
    app.ideogram.script(Script::new(Act::Hold).on("POST /v1/*"));
    let id = submit(&client).await;
    let before = app.arrived_for_clients();
    for (owner, environment) in [(Some("press"), "app"), (None, "app"), (Some("studio"), "other")] {
        let other = app.client_of(of(owner, environment)).await;
        assert_eq!(poll(&other, &id).await, "404 generation_unknown", "{owner:?} {environment}");
    }
    assert_eq!(app.arrived_for_clients(), before, "nothing arrived");
    let colleague = app.client_of(of(Some("studio"), "app")).await;
    assert_eq!(poll(&colleague, &id).await, "granted");
    assert_eq!(poll(&client, &id).await, "granted");
    assert_eq!(app.arrived_for_clients(), before + 2);
}

#[tokio::test]
async fn without_an_owner_a_generation_is_its_tokens_alone() {
    let (app, client, id) = submitted().await;
    let before = app.arrived_for_clients();
    for owner in [None, Some("studio")] {
        let other = app.client_of(of(owner, "app")).await;
        assert_eq!(poll(&other, &id).await, "404 generation_unknown");
    }
    assert_eq!(app.arrived_for_clients(), before);
    assert_eq!(poll(&client, &id).await, "granted");
}

#[tokio::test]
async fn a_generation_that_was_never_submitted_here_is_not_asked_for() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for id in ["abc", "..", "a%2fb", "%2e%2e"] {
        let reply = client.get(&format!("/v1/generations/{id}")).await;
        assert_ne!(reply.status, 200, "{id}");
    }
    assert_eq!(poll(&client, "abc").await, "404 generation_unknown");
    assert_eq!(app.arrived_for_clients(), 0);
}

#[tokio::test]
async fn a_webhook_to_a_host_that_is_not_the_tokens_is_refused() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let reply = client.post(SUBMIT, &json!({"text_prompt": "a lighthouse"})).await;
    assert_eq!((reply.problem(), app.arrived_for_clients()), ("403 policy_denied".to_owned(), 0));
}
