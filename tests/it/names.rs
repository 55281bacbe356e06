//! A wrong name is never an empty answer, and a span that holds no time is none.

mod known;
mod spans;
mod wrong;

use crate::support::{Binary, Client, Home, until};
use serde_json::json;

const GENERATE: &str = "/v1/ideogram-v3/generate";

/// A gateway with a token `poster-bot` in `app` that made a call.
async fn started() -> (Home, Binary) {
    let home = Home::new().await;
    let gateway = home.start().await;
    called(&home, &gateway, "app", "poster-bot").await;
    (home, gateway)
}

/// Makes a token of that name, and a call with it that is on record when this returns.
async fn called(home: &Home, gateway: &Binary, environment: &str, name: &str) {
    let create = ["token", "create", "--environment", environment, "--name", name];
    let made = home.json(&[&create[..], &["--scope", "write:generate"]].concat()).await;
    let client = Client::new(gateway.ready.proxy.clone(), made["token"].as_str().unwrap());
    let before = home.calls().await.len();
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a heron"})).await.status, 200);
    let on_record = async || (home.calls().await.len() > before).then_some(());
    until("the call is on record", on_record).await;
}
