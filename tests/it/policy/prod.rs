//! The shipped environments, as they ship.

use super::GENERATE;
use crate::support::TestApp;
use serde_json::json;

#[tokio::test]
async fn prod_does_what_is_named_and_no_more() {
    let app = TestApp::spawn().await;
    let client = app.client_with("prod", &["write:generate", "read:generations"]).await;
    let body = json!({"prompt": "a heron", "num_images": 4, "rendering_speed": "QUALITY"});
    let reply = client.post(GENERATE, &body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    for path in
        ["/v1/ideogram-v3/remix", "/v1/remove-background", "/describe", "/v1/ideogram-v3/graphic"]
    {
        assert_eq!(client.post(path, &body).await.problem(), "403 scope_missing", "{path}");
    }
    assert_eq!(client.get("/models").await.problem(), "403 scope_missing");
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn dev_reads_and_never_spends() {
    let app = TestApp::spawn().await;
    let client = app.client_with("dev", &["read:*"]).await;
    assert_eq!(client.get("/models").await.status, 200);
    assert_eq!(client.get("/datasets").await.status, 200);
    assert_eq!(client.post(GENERATE, &json!({"prompt": "x"})).await.problem(), "403 scope_missing");
    assert_eq!(app.arrived(), 2);
    assert_eq!(app.ideogram.billed_images(), 0);
}
