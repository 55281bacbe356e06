//! `write:limited`: few routes, few images, cheap speeds.

use super::{GENERATE, verdict};
use crate::support::{TestApp, TestSettings};
use serde_json::{Value, json};

const FORM: &str = "multipart/form-data; boundary=b";

#[tokio::test]
async fn the_limited_set_is_a_set_of_routes_speeds_and_images() {
    let app = TestApp::spawn().await;
    let client = app.client_with("staging", &["read:*", "write:limited"]).await;
    let refused: [(&str, Value, &str); 6] = [
        ("/v1/ideogram-v3/generate-transparent", json!({"prompt": "x"}), "routes"),
        ("/v2/image/generate/gpt-image-2", json!({"prompt": "x"}), "routes"),
        (GENERATE, json!({"prompt": "x", "num_images": 3}), "max_images"),
        (GENERATE, json!({"prompt": "x", "rendering_speed": "QUALITY"}), "speeds"),
        (GENERATE, json!({"prompt": "x", "rendering_speed": "\u{51}UALITY"}), "speeds"),
        ("/v2/image/generate/ideogram-4-5", json!({"prompt": "x", "quality": "high"}), "speeds"),
    ];
    for (path, body, rule) in &refused {
        let expected = format!("403 policy_denied environments.staging.limited.{rule}");
        assert_eq!(verdict(&client.post(path, body).await), expected, "{path} {body}");
    }
    let form = "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx\r\n--b\r\n\
        Content-Disposition: form-data; name=\"rendering_speed\"\r\n\r\nQUALITY\r\n--b--\r\n";
    let reply =
        client.send(client.request("POST", GENERATE).header("content-type", FORM).body(form)).await;
    assert_eq!(verdict(&reply), "403 policy_denied environments.staging.limited.speeds");
    assert_eq!(app.arrived(), 0);
    let body = json!({"prompt": "x", "num_images": 2, "rendering_speed": "TURBO"});
    assert_eq!(client.post(GENERATE, &body).await.status, 200);
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn a_speed_in_another_case_is_not_the_allowed_one() {
    let app = TestApp::spawn().await;
    let client = app.client_with("staging", &["write:limited"]).await;
    for speed in ["quality", "Quality", "TURBO ", "", "turbo\u{0}"] {
        let reply = client.post(GENERATE, &json!({"prompt": "x", "rendering_speed": speed})).await;
        assert_eq!(reply.problem(), "403 policy_denied", "{speed:?}");
    }
    let reply =
        client.post(GENERATE, &json!({"prompt": "x", "rendering_speed": ["QUALITY"]})).await;
    assert_eq!(reply.problem(), "400 malformed_request");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_full_scope_beside_it_lifts_the_limits_for_its_own_routes_alone() {
    let toml = "[environments.mixed]\naccount = \"ideogram\"\n\
        scopes = [\"write:limited\", \"write:generate\"]\n\
        [environments.mixed.limited]\nmax_images = 1\n"
        .to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client_with("mixed", &["write:limited", "write:generate"]).await;
    let reply = client.post(GENERATE, &json!({"prompt": "x", "num_images": 3})).await;
    assert_eq!(reply.status, 200);
    let form = "--b\r\nContent-Disposition: form-data; name=\"num_images\"\r\n\r\n3\r\n--b--\r\n";
    let request = client.request("POST", "/v1/ideogram-v3/remix").header("content-type", FORM);
    let reply = client.send(request.body(form)).await;
    assert_eq!(verdict(&reply), "403 policy_denied environments.mixed.limited.max_images");
    assert_eq!(app.arrived(), 1);
}
