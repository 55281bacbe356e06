//! What was at Ideogram when the gateway was lost.

use super::{GENERATE, Known, back_up, lose, restored};
use crate::support::{Home, until};
use serde_json::json;

#[tokio::test]
async fn a_call_that_was_open_is_unknown_and_holds_its_places_and_its_money() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let backup = back_up(&home, true).await;
    let client = home.client(&gateway).await;
    home.hold_all();
    let open = client.clone();
    let call = tokio::spawn(async move {
        let asked = open.request("POST", GENERATE).json(&json!({"prompt": "x", "num_images": 3}));
        asked.send().await.is_ok()
    });
    until("the call is at Ideogram", async || {
        (home.ideogram.seen().calls.len() == 1).then_some(())
    })
    .await;
    let left = lose(&home, gateway, backup).await;
    call.await.unwrap();
    let (gateway, told) = restored(&home, &left, Known::All).await;
    assert_eq!(told["applied"]["calls"], 0, "it has no end: {told}");
    let queue = home.queue().await;
    assert_eq!(queue["unknown"], 3, "{queue}");
    let calls = home.calls().await;
    assert_eq!(calls.last().unwrap()["metadata"]["outcome"], "unknown", "{calls:?}");
    let usage = home.json(&["usage", "--by", "environment"]).await;
    let reserved = usage["rows"][0]["reserved_usd"].as_str().or(usage[0]["reserved_usd"].as_str());
    assert_ne!(reserved.unwrap(), "0.00", "{usage}");
    assert_eq!(home.ideogram.seen().calls.len(), 1, "nothing was sent again");
    gateway.stop().await;
}
