//! Bodies that are broken, cut off, or too large.

use super::{FORM, GENERATE, LEGACY, form, send, verdict};
use crate::support::{TestApp, raw, raw_answer};
use tokio::{io::AsyncWriteExt, net::TcpStream};

const JSON: &str = "application/json";

#[tokio::test]
async fn json_that_cannot_be_read_in_one_way_is_refused() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let bodies: &[&[u8]] = &[
        b"",
        b" ",
        b"[]",
        b"null",
        b"\"x\"",
        b"{",
        b"{\"prompt\":\"x\"",
        b"{\"prompt\":\"x\"}}",
        b"{\"prompt\":\"x\"} {\"num_images\":8}",
        b"{\"prompt\":\"x\",}",
        b"{'prompt':'x'}",
        b"{prompt:1}",
        b"{\"prompt\":\"x\"/**/}",
        b"{\"prompt\":NaN}",
        b"\xef\xbb\xbf{\"prompt\":\"x\"}",
        b"\xff\xfe{\0}\0",
        b"{\"prompt\":\"\xff\"}",
        b"{\"prompt\":\"a\nb\"}",
    ];
    for body in bodies {
        let told = verdict(&send(&client, GENERATE, JSON, *body).await);
        let shown = String::from_utf8_lossy(body);
        assert!(told.starts_with("400 malformed_request"), "{shown:?}: {told}");
    }
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(send(&client, GENERATE, JSON, deep).await.status, 400);
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_form_that_is_cut_off_or_ambiguous_is_refused() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let whole = form(&[("prompt", "x"), ("num_images", "2")]);
    for end in [0, 10, 60, whole.len() - 30, whole.len() - 8, whole.len() - 4] {
        let reply = send(&client, GENERATE, FORM, &whole.as_bytes()[..end]).await;
        assert_eq!(reply.problem(), "400 malformed_request", "{end}");
    }
    for (part, wrong) in [
        ("Content-Disposition: form-data; name*=utf-8''num_images", "extended"),
        ("Content-Disposition: form-data; name=\"prompt\"; name=\"num_images\"", "twice"),
        ("Content-Disposition: form-data", "nameless"),
        ("Content-Type: text/plain", "no disposition"),
        (
            "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=num_images",
            "two",
        ),
        (
            "Content-Disposition: form-data; name=\"num_images\"\r\nContent-Transfer-Encoding: base64",
            "coded",
        ),
        (
            "Content-Disposition: form-data; name=\"num_images\"\r\nContent-Type: text/plain; charset=utf-16",
            "charset",
        ),
        (" Content-Disposition: form-data; name=\"num_images\"", "folded"),
        ("Content-Disposition : form-data; name=\"num_images\"", "space"),
    ] {
        let body = format!("--edge\r\n{part}\r\n\r\n8\r\n--edge--\r\n");
        let reply = send(&client, GENERATE, FORM, body).await;
        assert!(matches!(reply.status, 400 | 415), "{wrong}: {reply:?}");
    }
    let bare = whole.replace("\r\n", "\n");
    assert_eq!(send(&client, GENERATE, FORM, bare).await.status, 400, "line ends without CR");
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=other",
    ] {
        assert_eq!(send(&client, GENERATE, kind, whole.clone()).await.status, 400, "{kind}");
    }
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_sent() {
    let app = TestApp::spawn().await;
    let token = app.client().await.token;
    let head = format!(
        "POST {LEGACY} HTTP/1.1\r\nHost: a\r\nApi-Key: {token}\r\nContent-Type: {JSON}\r\n\
         Content-Length: 1048577\r\n\r\n"
    );
    assert_eq!(raw(&app, head).await.problem(), "413 body_too_large");
    let head = format!(
        "POST {LEGACY} HTTP/1.1\r\nHost: a\r\nApi-Key: {token}\r\nContent-Type: {JSON}\r\n\
         Expect: 100-continue\r\nContent-Length: 1048577\r\n\r\n"
    );
    assert_eq!(raw(&app, head).await.problem(), "413 body_too_large", "and without an invitation");
    assert_eq!(app.arrived(), 0);
    assert_eq!(app.refusals().await.len(), 2);
}

#[tokio::test]
async fn a_chunked_body_is_refused_where_it_becomes_too_large() {
    let app = TestApp::spawn().await;
    let token = app.client().await.token;
    let mut stream = TcpStream::connect(app.running.proxy()).await.unwrap();
    let head = format!(
        "POST {LEGACY} HTTP/1.1\r\nHost: a\r\nApi-Key: {token}\r\nContent-Type: {JSON}\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..16 {
        stream.write_all(chunk.as_bytes()).await.unwrap();
    }
    stream.write_all(b"1\r\n \r\n").await.unwrap();
    assert_eq!(raw_answer(&mut stream).await.problem(), "413 body_too_large");
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_body_of_exactly_the_cap_passes() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let start = r#"{"image_request":{"prompt":"x"}}"#;
    let body = format!("{start}{}", " ".repeat((1 << 20) - start.len()));
    assert_eq!(send(&client, LEGACY, JSON, body).await.status, 200);
    assert_eq!(app.ideogram.seen().calls[0].body_length, 1 << 20);
}

#[tokio::test]
async fn a_client_that_leaves_within_its_body_sends_nothing() {
    let app = TestApp::spawn().await;
    let token = app.client().await.token;
    let mut stream = TcpStream::connect(app.running.proxy()).await.unwrap();
    let part = format!(
        "POST {GENERATE} HTTP/1.1\r\nHost: a\r\nApi-Key: {token}\r\nContent-Type: {JSON}\r\n\
         Content-Length: 100\r\n\r\n{{\"prompt\":\"x\"}}"
    );
    stream.write_all(part.as_bytes()).await.unwrap();
    drop(stream);
    let client = app.client().await;
    assert_eq!(send(&client, GENERATE, JSON, r#"{"prompt":"after"}"#).await.status, 200);
    assert_eq!(app.arrived(), 1);
}
