//! A poll is no picture, and no call that could be billed.

use super::{GENERATE, LATER, token};
use crate::support::TestApp;
use ideogate::simulator::{Act, Script};
use serde_json::json;

#[tokio::test]
async fn polls_lists_and_dry_runs_are_reads_and_their_pictures_nobodys() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    app.ideogram.script(Script::new(Act::Hold).on(LATER));
    let wish = json!({"prompt": "a harbour", "num_images": 3, "quality": "low", "async": true});
    let made = client.post(LATER, &wish).await.json();
    let path = format!("/v2/generations/{}", made["generation_id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.json()["status"], "pending");
    app.ideogram.release();
    let mut polls = 1;
    loop {
        polls += 1;
        let seen = client.get(&path).await.json();
        if seen["status"] == "completed" {
            assert_eq!(seen["data"].as_array().unwrap().len(), 3);
            break;
        }
    }
    for _ in 0..3 {
        assert_eq!(client.get(&path).await.json()["data"].as_array().unwrap().len(), 3);
    }
    assert_eq!(client.get("/models").await.status, 200);
    let quote = client.post(&format!("{LATER}?dry_run=true"), &wish).await;
    assert_eq!(quote.json()["object"], "price_quote");
    let reads = polls + 3 + 1 + 1;
    let expected = json!([
        {"key": "app", "calls": 1, "images": 3, "cost_usd": "0.12", "reserved_usd": "0.00", "reads": reads},
    ]);
    assert_eq!(app.ask("/api/v1/usage").await, expected);
    let routes = app.ask("/api/v1/usage?by=route").await;
    let line = |key: &str| {
        let found = routes.as_array().unwrap().iter().find(|line| line["key"] == key);
        found.unwrap_or_else(|| panic!("{key}: {routes}")).clone()
    };
    let polled = line("v2.generation");
    assert_eq!((&polled["calls"], &polled["images"]), (&json!(0), &json!(0)));
    assert_eq!(polled["reads"], json!(polls + 3));
    assert_eq!(line("v2.generate.ideogram-4-5")["reads"], json!(1), "the dry run");
    let images: u32 =
        app.entries().await.iter().filter_map(|entry| entry.metadata.more.images).sum();
    assert_eq!(images, 3, "the record counts each picture once, too");
}

#[tokio::test]
async fn failed_and_unknown_calls_are_calls_without_pictures() {
    let app = TestApp::spawn().await;
    let client = app.client_of(token()).await;
    app.ideogram.script(Script::new(Act::status(422)));
    client.post(GENERATE, &json!({"prompt": "no", "num_images": 2})).await;
    app.ideogram.script(Script::new(Act::ResetUnanswered));
    client.post(GENERATE, &json!({"prompt": "a storm"})).await;
    let usage = app.ask("/api/v1/usage").await;
    let line = &usage[0];
    assert_eq!(
        (&line["calls"], &line["images"], &line["reads"]),
        (&json!(2), &json!(0), &json!(0))
    );
    assert_eq!((&line["cost_usd"], &line["reserved_usd"]), (&json!("0.00"), &json!("0.06")));
}
