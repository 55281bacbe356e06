//! What ended stays ended: generations, and records that were deleted in their time.

use super::{Known, back_up, lose, restored};
use crate::{
    archive::{day, fill},
    support::{Binary, Client, Home, until},
};
use ideogate::{
    domain::{Clock, SystemClock},
    simulator::{Act, Delivers, Script, SignedAs, SimulatorOptions, WEBHOOK_USER},
};
use serde_json::{Value, json};

const SUBMIT: &str = "/v1/ideogram-v4/async/generate";

/// Submits a generation that never ends by itself, and returns its name.
async fn submitted(home: &Home, gateway: &Binary) -> String {
    let client = home.client(gateway).await;
    home.ideogram.script(Script::new(Act::Hold).on(&format!("POST {SUBMIT}")));
    let reply = client.post(SUBMIT, &json!({"text_prompt": "a lighthouse"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["generation_id"].as_str().unwrap().to_owned()
}

/// Delivers the end of a generation as Ideogram does, and returns the status.
async fn delivered(home: &Home, gateway: &Binary, generation: &str, user: &str) -> u16 {
    let at = SystemClock.now();
    let body = json!({
        "generation_id": generation,
        "created": at.to_string(),
        "data": [{"url": "https://ideogram.ai/api/images/ephemeral/secret.png?exp=1&sig=ab",
            "prompt": "a lighthouse", "resolution": "2048x2048", "seed": 1, "is_image_safe": true}],
    });
    let body = body.to_string().into_bytes();
    let signed = SignedAs { generation, user, at: at.as_micros() / 1_000_000 };
    let client = Client::new(gateway.ready.proxy.clone(), "");
    let mut request = client.bare("POST", "/webhooks/ideogram").body(body.clone());
    for (name, value) in home.ideogram.sign_webhook(signed, &body) {
        request = request.header(name, value);
    }
    client.send(request).await.status
}

async fn money(home: &Home) -> Value {
    home.json(&["usage", "--by", "environment"]).await
}

#[tokio::test]
async fn a_generation_that_a_webhook_ended_is_ended_and_its_user_is_still_the_only_one() {
    let options =
        SimulatorOptions { pace: 0.0, webhooks: Delivers::Loopback, ..SimulatorOptions::default() };
    let home = Home::with("[accounts.ideogram]\nwebhooks = \"receive\"\n", options).await;
    let gateway = home.start().await;
    let generation = submitted(&home, &gateway).await;
    let other = submitted(&home, &gateway).await;
    let backup = back_up(&home, true).await;
    assert_eq!(delivered(&home, &gateway, &generation, WEBHOOK_USER).await, 200);
    let (places, spent) = (home.queue().await["in_use"].clone(), money(&home).await);
    let left = lose(&home, gateway, backup).await;

    let (gateway, _) = restored(&home, &left, Known::All).await;
    assert_eq!(home.queue().await["in_use"], places, "it holds no place again");
    assert_eq!(money(&home).await, spent);
    assert_eq!(delivered(&home, &gateway, &generation, WEBHOOK_USER).await, 200);
    assert_eq!(money(&home).await, spent, "the second time has no effect");
    assert_eq!(delivered(&home, &gateway, &other, "somebody-else").await, 403, "it is pinned");
    assert_eq!(home.queue().await["in_use"], places);
    gateway.stop().await;
}

#[tokio::test]
async fn records_that_were_deleted_in_their_time_do_not_come_back() {
    let home = Home::new().await;
    fill(&home, 5, 40).await;
    fill(&home, 4, 30).await;
    let gateway = home.start().await;
    let backup = back_up(&home, true).await;
    home.run(&["audit", "archive", "--before", &day(0)]).await.good();
    let folder = home.data().join("segments");
    let segments = || {
        let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().ends_with(".jsonl.zst")).count()
    };
    assert_eq!(segments(), 2);
    home.change("[audit]\nkeep = \"1d\"\narchive_keep = \"1d\"\n");
    home.run(&["config", "reload"]).await.good();
    home.run(&["audit", "archive", "--before", &day(0)]).await.good();
    until("the segments are deleted", async || (segments() == 0).then_some(())).await;
    let left = lose(&home, gateway, backup).await;

    let (gateway, told) = restored(&home, &left, Known::All).await;
    let found = home.run(&["audit", "search", "--archived", "--output", "json"]).await;
    let old = found.lines().into_iter().filter(|one| one["action"] == "store.recovered").count();
    assert_eq!(old, 0, "{told}");
    let verified = home.run(&["audit", "verify"]).await.good();
    assert!(verified.out.contains("was deleted on record"), "{}", verified.out);
    gateway.stop().await;
}
