//! Secrets as a test meets them: in its own requests, and in answers that are its own.

use super::{Kind, canary};
use http::HeaderMap;
use serde_json::Value;

/// Meets what a client sends.
pub(crate) fn met_in_request(headers: &HeaderMap, body: &[u8]) {
    for (name, kind) in
        [("idempotency-key", Kind::IdempotencyKey), ("ideogate-user", Kind::EndUser)]
    {
        for value in headers.get_all(name) {
            canary(kind, value.as_bytes());
        }
    }
    met_in_body(body);
}

/// Meets the prompts in a body, JSON or form.
pub(crate) fn met_in_body(body: &[u8]) {
    if let Ok(json) = serde_json::from_slice::<Value>(body) {
        return prompts(&json);
    }
    for name in [&b"name=\"prompt\""[..], b"name=\"negative_prompt\"", b"name=\"text_prompt\""] {
        for at in memchr::memmem::find_iter(body, name) {
            let value = text_between(&body[at..], b"\r\n\r\n", b"\r\n--");
            value.and_then(|value| std::str::from_utf8(value).ok()).into_iter().for_each(prompt);
        }
    }
}

/// Meets the signed links in an answer.
pub(crate) fn met_in_answer(body: &[u8]) {
    for at in memchr::memmem::find_iter(body, b"&sig=") {
        let tag: Vec<_> =
            body[at + 5..].iter().copied().take_while(u8::is_ascii_alphanumeric).collect();
        canary(Kind::SignedLink, tag);
    }
}

/// Meets the tokens in a text: those that it shows for the first time, and must show.
pub(crate) fn met_in_output(text: &[u8]) {
    for (prefix, kind) in [(&b"idg_"[..], Kind::Token), (b"ido_", Kind::OperatorToken)] {
        for at in memchr::memmem::find_iter(text, prefix) {
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
            let token: Vec<_> = text[at..].iter().copied().take_while(is_part).collect();
            // Its environment is no secret.
            let secret = token.rsplit(|byte| *byte == b'_').next().unwrap_or_default();
            if secret.len() >= 40 {
                canary(kind, secret);
            }
        }
    }
}

fn prompts(json: &Value) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if name.contains("prompt") => prompt(text),
                    _ => prompts(value),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(prompts),
        _ => {}
    }
}

/// A prompt of one word may stand anywhere for other reasons.
fn prompt(text: &str) {
    if text.contains(' ') {
        canary(Kind::Prompt, text);
    }
}

fn text_between<'a>(text: &'a [u8], open: &[u8], close: &[u8]) -> Option<&'a [u8]> {
    let start = memchr::memmem::find(text, open)? + open.len();
    let end = memchr::memmem::find(&text[start..], close)?;
    Some(&text[start..start + end])
}
