//! A token gets another secret without a failed call, and gets and loses rights at once.

mod commands;
mod old_secret;
mod queued;
mod reduced;
mod stays;
mod updated;

use crate::support::{Client, Reply, TestApp, TestSettings, eventually};
use ideogate::{
    domain::Principal,
    simulator::{Act, Script},
    tokens::{RotationRequest, TokenUpdate},
};
use serde_json::json;
use std::time::Duration;
use tokio::{task::JoinHandle, time::timeout};

const GENERATE: &str = "/v1/ideogram-v3/generate";
const BY: Principal = Principal::LocalUser(0);

async fn one_place() -> TestApp {
    let toml = "[accounts.ideogram]\nmax_in_flight = 1\n[queue]\ntimeout = \"5m\"\n".to_owned();
    TestApp::with(TestSettings { toml, ..TestSettings::default() }).await
}

async fn picture(client: &Client) -> Reply {
    client.post(GENERATE, &json!({"prompt": "a heron"})).await
}

/// Waits for a call to end, and fails when it never does.
async fn ended(call: JoinHandle<Reply>) -> Reply {
    timeout(Duration::from_secs(20), call).await.unwrap().unwrap()
}

fn later(client: &Client) -> JoinHandle<Reply> {
    let client = client.clone();
    tokio::spawn(async move { picture(&client).await })
}

/// Returns a call that is at Ideogram, and so many of another client's that wait behind it.
async fn waiting(
    app: &TestApp,
    client: &Client,
    count: usize,
) -> (JoinHandle<Reply>, Vec<JoinHandle<Reply>>) {
    let first = app.client().await;
    app.ideogram.script(Script::new(Act::Hold));
    let running = later(&first);
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    let waiting = (0..count).map(|_| later(client)).collect();
    eventually("calls wait", || app.places().2 == count).await;
    (running, waiting)
}

/// Rotates a client's token and returns a client with the new secret.
async fn rotate(app: &TestApp, client: &Client, asked: &RotationRequest) -> Client {
    let rotated = app.running.tokens().rotate(client.id(), asked, &BY).await.unwrap();
    Client::new(app.url(), rotated.plain.reveal()).of(client.id().clone())
}

fn grace(text: &str) -> RotationRequest {
    RotationRequest { grace: Some(text.to_owned()), ..RotationRequest::default() }
}

async fn reduce(app: &TestApp, client: &Client, asked: TokenUpdate) {
    app.running.tokens().reduce(client.id(), asked, &BY).await.unwrap();
}
