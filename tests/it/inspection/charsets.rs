//! Labels of text that lawful clients send.

use super::{FORM, GENERATE, REMIX, send, verdict};
use crate::support::TestApp;

/// A form as Java's common client sends it: each text labelled with the language's old default.
const JAVA: &str = "--X\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\
    Content-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\na cat\r\n\
    --X\r\nContent-Disposition: form-data; name=\"num_images\"\r\n\
    Content-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n2\r\n\
    --X--\r\n";

#[tokio::test]
async fn a_form_of_javas_common_client_is_served_and_arrives_as_it_was() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let kind = "multipart/form-data; boundary=X; charset=ISO-8859-1";
    for kind in ["multipart/form-data; boundary=X", kind] {
        let reply = send(&client, GENERATE, kind, JAVA).await;
        assert_eq!((reply.status, reply.header("ideogate-places")), (200, Some("2")), "{reply:?}");
    }
    let seen = app.ideogram.seen();
    assert_eq!(seen.calls.len(), 2);
    assert!(seen.calls.iter().all(|call| &call.body[..] == JAVA.as_bytes()));
    assert_eq!(seen.calls[1].header("content-type"), Some(kind));
    assert_eq!(app.ideogram.billed_images(), 4);
}

#[tokio::test]
async fn json_under_any_name_of_utf_8_or_ascii_is_served() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let labels = ["utf8", "UTF8", "\"utf-8\"", "us-ascii", "ASCII", "iso-8859-1", "windows-1252"];
    for label in labels {
        let kind = format!("application/json; charset={label}");
        let reply = send(&client, GENERATE, &kind, r#"{"prompt":"a cat","num_images":3}"#).await;
        assert_eq!((reply.status, reply.header("ideogate-places")), (200, Some("3")), "{label}");
    }
    assert_eq!(app.arrived(), labels.len());
}

#[tokio::test]
async fn a_text_that_two_readers_would_read_apart_never_reaches_ideogram() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for (path, field) in
        [(GENERATE, "rendering_speed"), (GENERATE, "num_images"), (REMIX, "image_request")]
    {
        for (label, value) in [
            ("ISO-8859-1", &b"TURBO\xe4"[..]),
            ("us-ascii", "TURBOä".as_bytes()),
            ("utf-16", b"2"),
            ("utf-7", b"2"),
            ("iso-2022-jp", b"2"),
            ("Shift_JIS", b"2"),
            ("IBM500", b"2"),
        ] {
            let head = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\
                 Content-Type: text/plain; charset={label}\r\n\r\n"
            );
            let body = [head.as_bytes(), value, b"\r\n--edge--\r\n"].concat();
            let told = verdict(&send(&client, path, FORM, body).await);
            assert_eq!(told, format!("400 malformed_request {field}"), "{label}");
        }
    }
    for coding in ["base64", "quoted-printable", "Base64", "x-uuencode", "8bit, base64"] {
        let body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"num_images\"\r\n\
             Content-Transfer-Encoding: {coding}\r\n\r\n2\r\n--edge--\r\n"
        );
        let told = verdict(&send(&client, GENERATE, FORM, body).await);
        assert_eq!(told, "400 malformed_request num_images", "{coding}");
    }
    let json = r#"{"prompt":"a cat","webhook_url":"https://ä.example/"}"#;
    let told = verdict(&send(&client, GENERATE, "application/json; charset=latin1", json).await);
    assert_eq!(told, "400 malformed_request webhook_url");
    assert_eq!(app.arrived(), 0);
}
