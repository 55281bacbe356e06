//! Bodies arrive byte for byte.

use super::GENERATE;
use crate::support::{Client, Reply, TestApp};
use aws_lc_rs::digest::{SHA256, digest};

/// The largest body that is kept in memory by the gateway.
const IN_MEMORY: usize = 1 << 20;

async fn send(client: &Client, path: &str, kind: &str, body: &[u8]) -> Reply {
    let request = client.request("POST", path).header("content-type", kind);
    client.send(request.body(body.to_vec())).await
}

/// Sends a body and asserts that exactly it arrived.
async fn arrives(app: &TestApp, client: &Client, path: &str, kind: &str, body: &[u8]) {
    let before = app.arrived();
    let reply = send(client, path, kind, body).await;
    assert_eq!(reply.status, 200, "{:?}", String::from_utf8_lossy(&reply.body));
    let seen = app.ideogram.seen();
    assert_eq!(seen.calls.len(), before + 1);
    let call = &seen.calls[before];
    assert_eq!(call.header("content-type"), Some(kind));
    assert_eq!(call.body_length, body.len() as u64);
    assert_eq!(call.body_sha256, hex::encode(digest(&SHA256, body)));
    if body.len() <= IN_MEMORY {
        assert_eq!(&call.body[..], body);
    }
}

#[tokio::test]
async fn json_keeps_its_spelling() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for body in [
        "{ \t\"prompt\" :\r\n\"a \\u00e9 é 🗼 \\ud83d\\uddfc\\/\" ,\n\"num_images\" : 2 }\n\n",
        "{\"prompt\":\"x\",\"unknown\":[1.0,1e3,-0,1E+2,null,{\"num_images\":\"no\"}],\"seed\":1}",
        "\n{\"num_images\":1,\"prompt\":\"\\u0061\\u0000\"}",
    ] {
        arrives(&app, &client, GENERATE, "application/json", body.as_bytes()).await;
    }
    let kind = "Application/JSON; Charset=\"UTF-8\"";
    arrives(&app, &client, GENERATE, kind, b"{\"prompt\":\"x\"}").await;
}

/// Returns a form with a prompt and a picture of that many bytes, the picture first.
fn form(boundary: &str, picture: usize) -> Vec<u8> {
    let mut body = format!(
        "a preamble\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"image\"; \
         filename=\"a \u{1f5fc}.png\"\r\nContent-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    // Bytes of all values, with line ends and dashes that look like a boundary.
    let pattern: Vec<u8> = (0..=255).chain(*b"\r\n--\r\n--almost\r\n\0\0\x1a").collect();
    body.extend(pattern.iter().cycle().take(picture));
    body.extend(
        format!(
            "\r\n--{boundary}\r\ncontent-disposition:form-data;name=prompt\r\n\r\na heron\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"num_images\"\r\n\r\n3\r\n\
             --{boundary}--\r\nan epilogue"
        )
        .into_bytes(),
    );
    body
}

#[tokio::test]
async fn forms_keep_their_boundary_preamble_and_order() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for (written, boundary) in [
        ("----WebKitFormBoundary7MA4YWxkTrZu0gW", "----WebKitFormBoundary7MA4YWxkTrZu0gW"),
        ("\"'()+_,-./:=? x\"", "'()+_,-./:=? x"),
        ("x", "x"),
    ] {
        let kind = format!("multipart/form-data; boundary={written}");
        arrives(&app, &client, "/v1/ideogram-v3/remix", &kind, &form(boundary, 1000)).await;
    }
    let places: Vec<_> = app.ideogram.seen().calls.iter().map(|call| call.places).collect();
    assert_eq!(places, [3, 3, 3]);
}

#[tokio::test]
async fn large_files_pass_over_the_disk_and_are_the_same() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let kind = "multipart/form-data; boundary=b";
    for picture in [IN_MEMORY - 1000, IN_MEMORY, 5 << 20] {
        arrives(&app, &client, "/v1/ideogram-v3/remix", kind, &form("b", picture)).await;
    }
    let left: Vec<_> = std::fs::read_dir(app.data().join("spool")).unwrap().collect();
    assert!(left.is_empty(), "no body is left behind: {left:?}");
}
