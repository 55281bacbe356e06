//! A client changes base URL and key, and it works.

use crate::support::{KEY, TestApp};
use serde_json::json;

#[tokio::test]
async fn a_call_reaches_ideogram_with_the_real_key_and_its_answer_comes_back() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let body = json!({"prompt": "a lighthouse", "num_images": 2});
    let reply = client.post("/v1/ideogram-v3/generate", &body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()["data"].as_array().unwrap().len(), 2);
    assert_eq!(reply.header("ideogate-places"), Some("2"));
    let seen = app.ideogram.seen();
    assert_eq!(seen.calls.len(), 1);
    let keys: Vec<_> = seen.calls[0]
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("api-key"))
        .collect();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].1, KEY);
    assert_eq!(seen.calls[0].body, serde_json::to_vec(&body).unwrap());
}
