//! Settings that change while the gateway runs: what is in force, for whom, and from when on.

mod commands;
mod environments;
mod load;
mod waiting;

use crate::support::{Client, Reply, TestApp, TestSettings};
use serde_json::json;
use tokio::task::JoinSet;

const GENERATE: &str = "/v1/ideogram-v3/generate";

async fn app(toml: &str) -> TestApp {
    TestApp::with(TestSettings { toml: toml.to_owned(), ..TestSettings::default() }).await
}

/// Sends a call for so many images, and does not wait for its answer.
fn send(client: &Client, prompt: &str, images: u32, into: &mut JoinSet<Reply>) {
    let (client, body) = (client.clone(), json!({"prompt": prompt, "num_images": images}));
    into.spawn(async move { client.post(GENERATE, &body).await });
}

/// Returns the answer of the one call that is under way.
async fn only(calls: &mut JoinSet<Reply>) -> Reply {
    assert_eq!(calls.len(), 1);
    calls.join_next().await.unwrap().unwrap()
}
