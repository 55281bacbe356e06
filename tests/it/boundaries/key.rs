//! The real key inside an answer becomes stars.

use super::GENERATE;
use crate::support::{KEY, TestApp};
use base64::{Engine, prelude::BASE64_STANDARD};
use ideogate::simulator::{Act, Encoding, Script};
use percent_encoding::percent_decode;
use serde_json::{Value, json};

/// Undoes an encoding.
fn plain(body: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Raw | Encoding::Base64 => String::from_utf8_lossy(body).into_owned(),
        Encoding::Json | Encoding::JsonUnicode => {
            serde_json::from_slice::<Value>(body).unwrap().to_string()
        }
        Encoding::Url | Encoding::UrlAll => percent_decode(body).decode_utf8_lossy().into_owned(),
        // Stars are no base64, so the rest is looked at piece by piece.
        Encoding::Base64Whole => {
            let text = String::from_utf8_lossy(body).replace('*', "A");
            let bytes = BASE64_STANDARD.decode(text.trim()).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

#[tokio::test]
async fn an_echoed_key_is_overwritten_in_every_spelling() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for encoding in [
        Encoding::Raw,
        Encoding::Json,
        Encoding::JsonUnicode,
        Encoding::Url,
        Encoding::UrlAll,
        Encoding::Base64,
        Encoding::Base64Whole,
    ] {
        for status in [200, 422, 500] {
            app.ideogram.script(Script::new(Act::Echo { status, encoding }));
            let reply = client.post(GENERATE, &json!({"prompt": "a heron"})).await;
            assert_eq!(reply.status, status, "{encoding:?}");
            assert_eq!(reply.header("ideogate-key-redacted"), Some("true"), "{encoding:?}");
            let raw = String::from_utf8_lossy(&reply.body).into_owned();
            assert!(raw.contains("*****"), "{encoding:?}: {raw}");
            assert!(!raw.contains(KEY), "{encoding:?}");
            assert!(!raw.contains(BASE64_STANDARD.encode(KEY).trim_end_matches('=')));
            // Where stars stand inside an escape, it no longer decodes; nothing else may be left of it.
            let text =
                if encoding == Encoding::JsonUnicode { raw } else { plain(&reply.body, encoding) };
            assert!(!text.contains(KEY) && !text.contains(&KEY[..20]), "{encoding:?}: {text}");
        }
    }
}

#[tokio::test]
async fn stars_are_as_long_as_what_they_hide() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let encoded = BASE64_STANDARD.encode(KEY);
    // The last letter of base64 holds bits of what follows; it goes too.
    let decided = (KEY.len() * 8).div_ceil(6);
    for (written, hidden) in [(KEY, KEY.len()), (encoded.as_str(), decided)] {
        let body = format!("{{\"before\":1,\"key\":\"{written}\",\"after\":2}}");
        app.ideogram.script(Script::new(Act::json(400, &body)));
        let reply = client.post(GENERATE, &json!({"prompt": "a heron"})).await;
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!(text.len(), body.len(), "{text}");
        assert!(
            text.starts_with("{\"before\":1,\"key\":\"*") && text.ends_with(",\"after\":2}"),
            "{text}"
        );
        assert_eq!(text.matches('*').count(), hidden, "{text}");
    }
}

#[tokio::test]
async fn the_key_in_a_header_or_cut_over_pieces_is_overwritten_too() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let act =
        Act::json(400, "{}").with("content-disposition", &format!("inline; filename=\"{KEY}\""));
    app.ideogram.script(Script::new(act));
    let reply = client.post(GENERATE, &json!({"prompt": "a heron"})).await;
    let stars = format!("inline; filename=\"{}\"", "*".repeat(KEY.len()));
    assert_eq!(reply.header("content-disposition"), Some(stars.as_str()));
    assert_eq!(reply.header("ideogate-key-redacted"), Some("true"));
    // Far into a large answer, over the edge of what is read at once.
    let body = format!("{{\"pad\":\"{}\",\"key\":\"{KEY}\"}}", "x".repeat((64 << 10) - 30));
    app.ideogram.script(Script::new(Act::json(400, &body)));
    let reply = client.post(GENERATE, &json!({"prompt": "a heron"})).await;
    assert_eq!(reply.body.len(), body.len());
    assert!(!String::from_utf8_lossy(&reply.body).contains(&KEY[..8]));
}

#[tokio::test]
async fn an_answer_without_the_key_is_not_flagged() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let reply = client.post(GENERATE, &json!({"prompt": "stars **** and a heron"})).await;
    assert_eq!(reply.header("ideogate-key-redacted"), None);
}
