//! Places: how many images are in flight, and when they are freed.

use crate::vendor::{V2, V3, Vendor, body, ok, until};
use ideogate::simulator::{Act, CallEnd, Script};
use serde_json::{Value as Json, json};
use std::sync::Arc;

async fn hold(vendor: &Arc<Vendor>, images: u32) -> tokio::task::JoinHandle<u16> {
    vendor.simulator.script(Script::new(Act::Hold));
    let before = vendor.simulator.places_in_flight();
    let caller = Arc::clone(vendor);
    let call = tokio::spawn(async move {
        let asked = json!({"prompt": "a cat", "num_images": images});
        caller.json(V3, &asked).await.status().as_u16()
    });
    until(|| vendor.simulator.places_in_flight() == before + images).await;
    call
}

#[tokio::test]
async fn images_count_and_not_requests() {
    let vendor = Arc::new(Vendor::start().await);
    let first = hold(&vendor, 4).await;
    let second = hold(&vendor, 4).await;
    let refused = vendor.json(V3, &json!({"prompt": "a", "num_images": 4})).await;
    assert_eq!(refused.status(), 429);
    let fits = vendor.json(V3, &json!({"prompt": "a", "num_images": 2})).await;
    assert_eq!(fits.status(), 200);
    vendor.simulator.release();
    assert_eq!((first.await.ok(), second.await.ok()), (Some(200), Some(200)));
    let seen = vendor.simulator.seen();
    assert_eq!((seen.most_places_in_flight, seen.most_places_wanted), (10, 12));
    assert_eq!(seen.most_requests_in_flight, 3);
    assert_eq!((vendor.simulator.billed_images(), vendor.simulator.places_in_flight()), (10, 0));
}

#[tokio::test]
async fn version_two_says_why_it_refuses_and_others_take_places_too() {
    let vendor = Vendor::start().await;
    let others = vendor.simulator.occupy(10);
    let response = vendor.json(V2, &json!({"prompt": "a"})).await;
    assert_eq!(response.status(), 429);
    let answer = body(response).await;
    assert_eq!(answer["reject_reason"], "inflight_limit");
    assert_eq!(answer["max_inflight_requests"], 10);
    let untyped = body(vendor.json(V3, &json!({"prompt": "a"})).await).await;
    assert_eq!(untyped["reject_reason"], Json::Null);
    drop(others);
    assert_eq!(vendor.json(V2, &json!({"prompt": "a"})).await.status(), 200);
}

#[tokio::test]
async fn a_client_that_leaves_pays_all_the_same() {
    let vendor = Arc::new(Vendor::start().await);
    let call = hold(&vendor, 2).await;
    call.abort();
    let seen = vendor.simulator.seen_when(|seen| seen.calls[0].end != CallEnd::Open).await;
    assert_eq!(seen.calls[0].end, CallEnd::ClientGone);
    assert_eq!(vendor.simulator.places_in_flight(), 2);
    vendor.simulator.release();
    until(|| vendor.simulator.places_in_flight() == 0).await;
    assert_eq!(vendor.simulator.billed_images(), 2);
}

#[tokio::test]
async fn an_asynchronous_generation_keeps_its_places_until_it_is_done() {
    let vendor = Vendor::start().await;
    vendor.simulator.script(Script::new(Act::Hold));
    let asked = json!({"prompt": "a cat", "async": true, "num_images": 3});
    let answer = body(ok(vendor.json(V2, &asked).await)).await;
    let id = answer["generation_id"].as_str().expect("a name").to_owned();
    assert_eq!(answer, json!({"generation_id": id}));
    let poll = async || {
        let path = format!("/v2/generations/{id}");
        body(ok(vendor.get(&path).send().await.expect("an answer"))).await
    };
    assert_eq!(poll().await["status"], "pending");
    assert_eq!(vendor.simulator.places_in_flight(), 3);
    vendor.simulator.release();
    until(|| vendor.simulator.places_in_flight() == 0).await;
    let done = poll().await;
    assert_eq!(
        (&done["status"], done["data"].as_array().map(Vec::len)),
        (&json!("completed"), Some(3))
    );
}

#[tokio::test]
async fn version_four_is_polled_in_its_own_shape_and_failures_are_not_billed() {
    let vendor = Vendor::start().await;
    let path = "/v1/ideogram-v4/async/generate?webhook_url=https%3A%2F%2Fhooks.example%2Fx";
    let start = async || {
        let answer = vendor.json(path, &json!({"text_prompt": "a cat"})).await;
        body(ok(answer)).await["generation_id"].as_str().expect("a name").to_owned()
    };
    let poll = async |id: String, status: &str| loop {
        let path = format!("/v1/generations/{id}");
        let answer = body(ok(vendor.get(&path).send().await.expect("an answer"))).await;
        if answer["status"] == status {
            return answer;
        }
    };
    let done = poll(start().await, "completed").await;
    assert_eq!((&done["response_type"], done["data"][0]["url"].is_string()), (&json!("url"), true));
    vendor.simulator.script(Script::new(Act::Fail));
    let failed = poll(start().await, "failed").await;
    assert_eq!(failed["data"], Json::Null);
    assert_eq!(vendor.simulator.billed_images(), 1);
}

#[tokio::test]
async fn work_takes_as_long_as_at_the_vendor() {
    let options = ideogate::simulator::SimulatorOptions::default();
    let vendor = Vendor::start_with(options).await;
    // Time jumps ahead whenever nothing else is to be done.
    tokio::time::pause();
    for (speed, least, most) in [("FLASH", 2, 4), ("QUALITY", 15, 25)] {
        let start = tokio::time::Instant::now();
        let asked = json!({"prompt": "a cat", "rendering_speed": speed});
        ok(vendor.json(V3, &asked).await);
        let took = start.elapsed().as_secs();
        assert!((least..=most).contains(&took), "{speed} took {took}");
    }
}
