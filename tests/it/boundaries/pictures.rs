//! The simulator's pictures, from the call to the pixels, as a newcomer in the sandbox sees them.

use super::GENERATE;
use crate::support::TestApp;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_sandbox_call_leads_to_a_picture_until_its_link_expires() {
    let app = TestApp::spawn().await;
    let client = app.client_with("sandbox", &["write:generate"]).await;
    let body = json!({"prompt": "a heron", "rendering_speed": "FLASH"});
    let reply = client.post(GENERATE, &body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let url = reply.json()["data"][0]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&format!("{}/_ideogate/simulator/", app.url())), "{url}");
    let path = url.strip_prefix(&app.url()).unwrap();
    let picture = client.send(client.bare("GET", path)).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    assert!(picture.body.starts_with(b"\x89PNG\r\n\x1a\n"));
    let (bare, _) = path.split_once('?').unwrap();
    assert_eq!(
        client.send(client.bare("GET", bare)).await.status,
        403,
        "no link without its signature"
    );
    let forged = path.replace("exp=", "exp=9");
    assert_eq!(client.send(client.bare("GET", &forged)).await.status, 403);
    app.clock.advance(Duration::from_hours(25));
    assert_eq!(client.send(client.bare("GET", path)).await.status, 410);
    assert_eq!(client.send(client.bare("POST", path)).await.status, 405);
    assert_eq!(app.arrived(), 0, "the sandbox never calls Ideogram");
    let entry = app.entries().await.remove(0);
    assert_eq!(entry.metadata.environment.unwrap().as_str(), "sandbox");
}
