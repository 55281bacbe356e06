//! Somebody who was forgotten stays forgotten.

use super::{GENERATE, Known, back_up, lose, restored};
use crate::support::{Binary, Client, Home};
use serde_json::{Value, json};

const ANN: &str = "ann.example@shop.test";

async fn known(home: &Home) -> Vec<Value> {
    home.run(&["audit", "person", "list", "--output", "json"]).await.good().lines()
}

/// Calls on her behalf, with a prompt that nobody used before.
async fn calls_for(gateway: &Binary, token: &str, prompt: &str) {
    let client = Client::new(gateway.ready.proxy.clone(), token);
    let request = client.request("POST", GENERATE).header("Ideogate-User", ANN);
    assert_eq!(client.send(request.json(&json!({ "prompt": prompt }))).await.status, 200);
}

#[tokio::test]
async fn a_forgotten_person_is_in_no_row_and_found_by_no_name() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    calls_for(&gateway, &token, "before").await;
    // With the key under which names are kept.
    let backup = back_up(&home, true).await;
    let before = known(&home).await;
    assert_eq!((before.len(), before[0]["name"].as_str()), (1, Some(ANN)));
    let user = before[0]["user"].as_str().unwrap().to_owned();
    let forget = ["audit", "person", "forget", &user, "--reason", "asked to"];
    home.run(&forget).await.good();
    let left = lose(&home, gateway, backup).await;

    let (gateway, told) = restored(&home, &left, Known::All).await;
    assert_eq!(told["applied"]["forgotten"], 1, "{told}");
    assert_eq!(known(&home).await, [Value::Null; 0]);
    let by_name = home.run(&["audit", "search", "--user", ANN]).await;
    assert_ne!(by_name.code, 0, "{by_name:?}");
    calls_for(&gateway, &token, "after").await;
    let again = known(&home).await;
    assert_ne!(again[0]["user"], user.as_str(), "whoever comes again is somebody new");
    gateway.stop().await;

    let (gateway, _) = restored(&home, &left, Known::Trusted).await;
    assert_eq!(known(&home).await.len(), 1, "without the record nobody knows of it");
    gateway.stop().await;
}
