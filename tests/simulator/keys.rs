//! Who is let in.

use crate::vendor::{V3, Vendor, form};
use serde_json::json;

async fn status(request: reqwest::RequestBuilder) -> u16 {
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn a_wrong_key_is_refused_with_the_status_that_the_path_documents() {
    let vendor = Vendor::start().await;
    vendor.simulator.reject_key("simulator");
    assert_eq!(status(vendor.post(V3).json(&json!({"prompt": "a cat"}))).await, 401);
    assert_eq!(vendor.form("/remix", form(&[], &[])).await.status(), 403);
    assert_eq!(status(vendor.get("/models")).await, 401);
    assert_eq!(status(vendor.get("/manage/api/profiles")).await, 401);
    assert_eq!(status(vendor.get("/v1/.well-known/jwks.json")).await, 200);
    vendor.simulator.accept_key("simulator");
    assert_eq!(status(vendor.get("/models")).await, 200);
    assert_eq!(vendor.simulator.billed_images(), 0);
}

#[tokio::test]
async fn a_key_counts_only_in_its_own_header_and_only_once() {
    let vendor = Vendor::start().await;
    let request = |headers: &str| format!("GET /models HTTP/1.0\r\n{headers}\r\n");
    for (headers, expected) in [
        ("", "401"),
        ("Authorization: Bearer simulator\r\n", "401"),
        ("api-key: simulator\r\n", "200"),
        ("Api-Key: simulator\r\nApi-Key: simulator\r\n", "401"),
    ] {
        let (answer, _) = vendor.raw(&request(headers)).await;
        assert_eq!(String::from_utf8_lossy(&answer[9..12]), expected, "{headers}");
    }
}
