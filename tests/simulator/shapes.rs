//! How successes look, for each family of routes.

use crate::vendor::{Form, V2, V3, V4, Vendor, body, form, members, ok};
use serde_json::{Value as Json, json};

async fn send(vendor: &Vendor, path: &str, form: Form) -> Json {
    body(ok(vendor.form(path, form).await)).await
}

#[tokio::test]
async fn version_three_answers_with_as_many_pictures_as_asked_for() {
    let vendor = Vendor::start().await;
    let asked = json!({"prompt": "a cat", "num_images": 3, "seed": 5, "aspect_ratio": "16x9"});
    let answer = body(ok(vendor.json(V3, &asked).await)).await;
    assert_eq!(members(&answer), "created data");
    let data = answer["data"].as_array().expect("pictures");
    assert_eq!(
        data.iter().map(|item| item["seed"].as_u64()).collect::<Vec<_>>(),
        [Some(5), Some(6), Some(7)]
    );
    assert_eq!(members(&data[0]), "is_image_safe prompt resolution seed style_type url");
    assert_eq!((&data[0]["prompt"], &data[0]["resolution"]), (&json!("a cat"), &json!("1312x736")));
}

#[tokio::test]
async fn version_three_takes_forms_as_well() {
    let vendor = Vendor::start().await;
    let asked = form(&[("prompt", "a cat"), ("num_images", "2")], &["character_reference_images"]);
    let answer = send(&vendor, V3, asked).await;
    assert_eq!(answer["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(vendor.simulator.billed_usd_micros(), 300_000);
}

#[tokio::test]
async fn version_four_names_its_kind_of_answer() {
    let vendor = Vendor::start().await;
    let answer = body(ok(vendor.json(V4, &json!({"text_prompt": "a cat"})).await)).await;
    assert_eq!(members(&answer), "created data response_type");
    assert_eq!(members(&answer["data"][0]), "is_image_safe prompt resolution seed url");
    assert_eq!(answer["data"][0]["resolution"], "2048x2048");
}

#[tokio::test]
async fn legacy_paths_wrap_their_fields() {
    let vendor = Vendor::start().await;
    let asked = json!({"image_request": {"prompt": "a cat", "model": "V_2A", "num_images": 2}});
    let answer = body(ok(vendor.json("/generate", &asked).await)).await;
    assert_eq!(answer["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(vendor.simulator.billed_usd_micros(), 80_000);
    let asked = form(
        &[("image_request", r#"{"prompt":"a cat","num_images":2,"image_weight":9}"#)],
        &["image_file"],
    );
    assert_eq!(send(&vendor, "/remix", asked).await["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(vendor.simulator.billed_images(), 4);
}

#[tokio::test]
async fn what_is_made_from_a_picture_has_its_own_shape() {
    let vendor = Vendor::start().await;
    let answer = send(&vendor, "/describe", form(&[], &["image_file"])).await;
    assert!(answer["descriptions"][0]["text"].is_string());
    let answer = send(&vendor, "/v1/ideogram-v4/describe", form(&[], &["image_file"])).await;
    assert!(answer["json_prompt"]["high_level_description"].is_string());
    let answer = send(&vendor, "/v1/ideogram-v3/layerize-text", form(&[], &["image"])).await;
    assert_eq!(members(&answer), "base_image_url original_image_url seed text_blocks");
    let answer = send(&vendor, "/v1/remove-background", form(&[], &["image"])).await;
    assert_eq!(members(&answer["data"][0]), "is_image_safe url");
    assert_eq!(vendor.simulator.billed_images(), 4);
}

#[tokio::test]
async fn a_design_is_answered_as_layers_as_a_picture_or_as_a_page() {
    let vendor = Vendor::start().await;
    let ask = async |kind: &str| {
        let asked = json!({"prompt": "a <poster>", "response_type": kind});
        ok(vendor.json("/v1/ideogram-v4/generate-design", &asked).await)
    };
    let layers = body(ask("layered").await).await;
    assert!(layers["data"][0]["image_layers"].is_array());
    let picture = ask("binary").await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert!(picture.bytes().await.expect("bytes").starts_with(b"\x89PNG"));
    let page = ask("html").await;
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.text().await.expect("text").contains("a &lt;poster>"));
}

#[tokio::test]
async fn version_two_wraps_its_answer_and_can_be_asked_again() {
    let vendor = Vendor::start().await;
    let answer = body(ok(vendor.json(V2, &json!({"prompt": "a cat"})).await)).await;
    assert_eq!(members(&answer), "data generation_id generation_kind seed");
    let id = answer["generation_id"].as_str().expect("a name");
    let again = vendor.get(&format!("/v2/generations/{id}")).send().await.expect("an answer");
    let again = body(ok(again)).await;
    assert_eq!((&again["status"], &again["data"]), (&json!("completed"), &answer["data"]));
    assert_eq!(again["usage_cost_usd_micros"], 60_000);
}

#[tokio::test]
async fn a_price_is_told_without_making_anything() {
    let vendor = Vendor::start().await;
    let asked = json!({"prompt": "a cat", "num_images": 2, "quality": "medium"});
    let quote = body(ok(vendor.json(&format!("{V2}?dry_run=true"), &asked).await)).await;
    assert_eq!(
        quote,
        json!({"object": "price_quote", "billing_identifier": "ideogram_4_5_generate",
            "quantity": 2, "usd_micros": 120_000, "credit_millis": 12_000, "qualifier": "exact"})
    );
    let path = "/v2/image/generate/auto?dry_run=TRUE";
    let quote = body(ok(vendor.json(path, &asked).await)).await;
    assert_eq!(
        (&quote["qualifier"], &quote["upper_bound_usd_micros"]),
        (&json!("estimate"), &json!(60_000))
    );
    assert_eq!((vendor.simulator.billed_images(), vendor.simulator.seen().calls[0].places), (0, 0));
}

#[tokio::test]
async fn describing_ignores_the_question_for_a_price_and_bills() {
    let vendor = Vendor::start().await;
    let path = "/v2/image/describe/ideogram-4?dry_run=true";
    let answer = send(&vendor, path, form(&[], &["image"])).await;
    assert!(answer["descriptions"].is_array());
    assert_eq!(vendor.simulator.billed_images(), 1);
}

#[tokio::test]
async fn models_datasets_and_keys_cost_nothing() {
    let vendor = Vendor::start().await;
    let get = async |path: &str| body(ok(vendor.get(path).send().await.expect("an answer"))).await;
    let models = get("/models").await;
    let id = models["models"][0]["model_id"].as_str().expect("a model").to_owned();
    assert_eq!(get(&format!("/models/{id}")).await["model"]["model_id"], id);
    let made = body(ok(vendor.json("/datasets", &json!({"name": "cats"})).await)).await;
    let id = made["dataset_id"].as_str().expect("a data set");
    let upload =
        send(&vendor, &format!("/datasets/{id}/upload_assets"), form(&[], &["files"])).await;
    assert_eq!(upload["success_count"], 1);
    assert_eq!(get(&format!("/datasets/{id}")).await["file_count"], 1);
    assert_eq!(get("/v1/.well-known/jwks.json").await["keys"][0]["crv"], "Ed25519");
    assert_eq!(vendor.simulator.billed_usd_micros(), 0);
}

#[tokio::test]
async fn withheld_pictures_are_billed() {
    let vendor = Vendor::start().await;
    let asked = json!({"prompt": "withheld", "num_images": 2});
    let answer = body(ok(vendor.json(V3, &asked).await)).await;
    let item = &answer["data"][1];
    assert_eq!((&item["is_image_safe"], &item["url"]), (&json!(false), &Json::Null));
    assert_eq!(vendor.simulator.billed_images(), 2);
}

#[tokio::test]
async fn a_quote_is_no_more_exact_than_what_is_known() {
    let vendor = Vendor::start().await;
    let ask = async |path: &str, asked: Json| {
        let quote = body(ok(vendor.json(&format!("{path}?dry_run=true"), &asked).await)).await;
        (
            quote["qualifier"].as_str().expect("a word").to_owned(),
            quote["upper_bound_usd_micros"].clone(),
        )
    };
    let (estimate, exact) = ("estimate".to_owned(), "exact".to_owned());
    let two = json!({"prompt": "a cat", "num_images": 2});
    assert_eq!(ask(V2, two).await, (estimate.clone(), json!(200_000)));
    let low = json!({"prompt": "a cat", "quality": "low"});
    assert_eq!(ask(V2, low).await, (exact.clone(), Json::Null));
    let other = "/v2/image/generate/nano-banana-pro";
    assert_eq!(ask(other, json!({"prompt": "a cat"})).await, (exact, Json::Null));
    let large = json!({"prompt": "a cat", "resolution_tier": "4K"});
    assert_eq!(ask(other, large).await, (estimate, Json::Null));
}
