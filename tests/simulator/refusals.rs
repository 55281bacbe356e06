//! What is refused, and how.

use crate::vendor::{V2, V3, V4, Vendor, body, form};
use ideogate::simulator::SimulatorOptions;
use serde_json::{Value as Json, json};

async fn refusal(vendor: &Vendor, path: &str, asked: &Json) -> (u16, Json) {
    let response = vendor.json(path, asked).await;
    (response.status().as_u16(), body(response).await)
}

#[tokio::test]
async fn what_is_wrong_is_refused_and_not_billed() {
    let vendor = Vendor::start().await;
    let cases = [
        (V3, json!({}), 400),
        (V3, json!([]), 400),
        (V3, json!({"prompt": "a", "num_images": 9}), 400),
        (V3, json!({"prompt": "a", "num_images": "4"}), 400),
        (V3, json!({"prompt": "a", "rendering_speed": "SLOW"}), 400),
        (V4, json!({"text_prompt": "a", "rendering_speed": "FLASH"}), 400),
        ("/generate", json!({"prompt": "a"}), 400),
        (V3, json!({"prompt": "an unsafe-prompt"}), 422),
        ("/v1/layerize-logos", json!({}), 404),
        ("/v1/ideogram-v4/async/generate", json!({"text_prompt": "a"}), 400),
        ("/v1/edit", json!({"prompt": "a"}), 415),
    ];
    for (path, asked, expected) in cases {
        let (status, answer) = refusal(&vendor, path, &asked).await;
        assert_eq!(status, expected, "{path} {asked}");
        assert!(answer["error"].is_string());
    }
    assert_eq!((vendor.simulator.billed_images(), vendor.simulator.places_in_flight()), (0, 0));
}

#[tokio::test]
async fn an_unknown_generation_and_the_account_are_not_found() {
    let vendor = Vendor::start().await;
    for path in ["/v1/generations/x", "/v2/generations/x", "/v2/account/usage", "/models/x"] {
        let response = vendor.get(path).send().await.expect("an answer");
        assert_eq!(response.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn an_upload_that_is_too_large_is_refused() {
    let vendor = Vendor::start().await;
    let send = async |path: &str| {
        let form = form(&[("prompt", "a")], &[]).file("image", 26 << 20);
        vendor.form(path, form).await.status()
    };
    assert_eq!(send("/v2/image/precise-edit/ideogram-4-5").await, 413);
    assert_eq!(send("/v1/ideogram-v3/remix").await, 400);
}

#[tokio::test]
async fn an_empty_balance_is_said_in_each_familys_words() {
    let options = SimulatorOptions { pace: 0.0, balance: Some(100_000), ..Default::default() };
    let vendor = Vendor::start_with(options).await;
    assert_eq!(vendor.json(V3, &json!({"prompt": "a"})).await.status(), 200);
    let (status, answer) = refusal(&vendor, V2, &json!({"prompt": "a"})).await;
    assert_eq!((status, &answer["reject_reason"]), (402, &json!("insufficient_funds")));
    let (status, answer) = refusal(&vendor, V3, &json!({"prompt": "a"})).await;
    assert_eq!((status, &answer["reject_reason"]), (402, &Json::Null));
    assert_eq!(vendor.simulator.billed_usd_micros(), 60_000);
}
