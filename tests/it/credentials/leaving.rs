//! Tokens that are withdrawn while their calls wait.

use super::GENERATE;
use crate::support::{Client, Reply, TestApp, TestSettings, eventually};
use ideogate::{
    domain::{Principal, TokenState},
    simulator::{Act, Script},
};
use serde_json::json;
use std::time::Duration;
use tokio::{task::JoinHandle, time::timeout};

async fn one_place() -> TestApp {
    let toml = "[accounts.ideogram]\nmax_in_flight = 1\n[queue]\ntimeout = \"5m\"\n".to_owned();
    TestApp::with(TestSettings { toml, ..TestSettings::default() }).await
}

fn call(client: &Client) -> JoinHandle<Reply> {
    let client = client.clone();
    tokio::spawn(async move { client.post(GENERATE, &json!({"prompt": "a heron"})).await })
}

fn queued(app: &TestApp) -> usize {
    app.running.admission().status().iter().map(|account| account.queued).sum()
}

async fn withdrawn_while_queued(state: TokenState, reason: &str) {
    let app = one_place().await;
    let (first, second) = (app.client().await, app.client().await);
    app.ideogram.script(Script::new(Act::Hold));
    let running = call(&first);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let waiting = [call(&second), call(&second)];
    eventually("two calls wait", || queued(&app) == 2).await;
    let by = Principal::LocalUser(0);
    app.running.tokens().set_state(second.id(), state, &by).await.unwrap();
    for call in waiting {
        let reply = timeout(Duration::from_secs(20), call).await.unwrap().unwrap();
        assert_eq!(reply.problem(), "401 token_invalid");
    }
    assert_eq!(queued(&app), 0);
    app.ideogram.release();
    assert_eq!(running.await.unwrap().status, 200);
    assert_eq!(app.arrived(), 1);
    let refused = [format!("token_invalid: {reason}"), format!("token_invalid: {reason}")];
    assert_eq!(app.refusals().await, refused);
    assert_eq!(app.running.admission().status()[0].in_use, 0);
}

#[tokio::test]
async fn a_token_revoked_while_its_calls_wait_ends_them_at_once() {
    withdrawn_while_queued(TokenState::Revoked, "token revoked").await;
}

#[tokio::test]
async fn a_token_disabled_while_its_calls_wait_ends_them_at_once() {
    withdrawn_while_queued(TokenState::Disabled, "token disabled").await;
}

#[tokio::test]
async fn a_token_that_expires_while_its_call_waits_sends_nothing() {
    let app = one_place().await;
    let (first, second) = (app.client().await, app.client().await);
    app.ideogram.script(Script::new(Act::Hold));
    let running = call(&first);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let waiting = call(&second);
    eventually("a call waits", || queued(&app) == 1).await;
    app.clock.advance(Duration::from_hours(91 * 24));
    app.ideogram.release();
    assert_eq!(running.await.unwrap().status, 200);
    assert_eq!(waiting.await.unwrap().problem(), "401 token_invalid");
    assert_eq!(app.arrived(), 1);
    assert_eq!(app.refusals().await, ["token_invalid: token expired"]);
}

#[tokio::test]
async fn a_call_that_was_sent_is_finished_although_its_token_is_revoked() {
    let app = one_place().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let running = call(&client);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let by = Principal::LocalUser(0);
    app.running.tokens().set_state(client.id(), TokenState::Revoked, &by).await.unwrap();
    app.ideogram.release();
    assert_eq!(running.await.unwrap().status, 200);
}
