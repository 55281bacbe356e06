//! Content types and encodings.

use super::{FORM, GENERATE, form, send, verdict};
use crate::support::TestApp;

const BODY: &str = r#"{"prompt":"x"}"#;

#[tokio::test]
async fn a_content_type_that_the_route_does_not_take_is_refused() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json-seq",
        "application/vnd.api+json",
        "text/json",
        "multipart/mixed; boundary=edge",
        "application/octet-stream",
        "application/json, text/plain",
        "*/*",
        "",
    ] {
        let told = verdict(&send(&client, GENERATE, kind, BODY).await);
        assert_eq!(told, "415 unsupported_media_type content-type", "{kind}");
    }
    let none = client.send(client.request("POST", GENERATE).body(BODY)).await;
    assert_eq!(verdict(&none), "415 unsupported_media_type content-type");
    // Each is good elsewhere, and not here.
    let told = verdict(&send(&client, "/v1/ideogram-v3/remix", "application/json", BODY).await);
    assert_eq!(told, "415 unsupported_media_type content-type");
    let told = verdict(&send(&client, "/generate", FORM, form(&[("prompt", "x")])).await);
    assert_eq!(told, "415 unsupported_media_type content-type");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn two_content_types_are_one_too_many() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for second in ["application/json", "multipart/form-data; boundary=edge"] {
        let request = client
            .request("POST", GENERATE)
            .header("content-type", "application/json")
            .header("content-type", second);
        let told = verdict(&client.send(request.body(BODY)).await);
        assert_eq!(told, "400 ambiguous_request content-type");
    }
    for kind in [
        "multipart/form-data; boundary=edge; boundary=other",
        "application/json; charset=utf-8; charset=utf-16",
    ] {
        let told = verdict(&send(&client, GENERATE, kind, form(&[("prompt", "x")])).await);
        assert!(told.starts_with("400 ambiguous_request"), "{kind}: {told}");
    }
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn another_charset_or_encoding_is_refused() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for kind in [
        "application/json; charset=utf-16",
        "application/json; charset=utf-32",
        "application/json; charset=iso-2022-kr",
        "application/json; charset=gb18030",
        "application/json; charset=\"utf-7\"",
        "multipart/form-data; boundary=edge; charset=utf-16",
    ] {
        let reply = send(&client, GENERATE, kind, BODY).await;
        assert_eq!(reply.status, 415, "{kind}: {reply:?}");
    }
    for encoding in ["gzip", "deflate", "br", "identity, gzip"] {
        let request = client.request("POST", GENERATE).header("content-type", "application/json");
        let reply = client.send(request.header("content-encoding", encoding).body(BODY)).await;
        assert_eq!(verdict(&reply), "415 unsupported_media_type content-encoding");
    }
    assert_eq!(app.arrived(), 0);
}
