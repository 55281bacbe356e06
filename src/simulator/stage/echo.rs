//! Answers with the headers of the request, as a careless vendor might.
//!
//! The key is among them, so that tests see whether the gateway lets it through to a client.

use super::script::Encoding;
use crate::simulator::answer::SimulatedAnswer;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::HeaderMap;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use std::fmt::Write;

/// Returns the headers as an answer.
///
/// Names are in lower case.
pub fn echo(headers: &HeaderMap, status: u16, encoding: Encoding) -> SimulatedAnswer {
    let mut lines: Vec<(String, String)> = Vec::new();
    for (name, value) in headers {
        lines.push((name.to_string(), encode(value.as_bytes(), encoding)));
    }
    let answer = match encoding {
        Encoding::Raw | Encoding::Url | Encoding::UrlAll | Encoding::Base64 => {
            SimulatedAnswer::new("text/plain", plain(&lines).into())
        }
        Encoding::Base64Whole => {
            SimulatedAnswer::new("text/plain", BASE64_STANDARD.encode(plain(&lines)).into())
        }
        Encoding::Json | Encoding::JsonUnicode => {
            SimulatedAnswer::new("application/json", json(&lines).into())
        }
    };
    answer.with_status(status)
}

/// Writes a line for each header.
fn plain(lines: &[(String, String)]) -> String {
    lines.iter().fold(String::new(), |mut text, (name, value)| {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push('\n');
        text
    })
}

/// Puts values that are JSON strings already into an object.
fn json(lines: &[(String, String)]) -> String {
    let members: Vec<_> = lines.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{\"headers\":{{{}}}}}", members.join(","))
}

/// Returns a value as it is written.
fn encode(value: &[u8], encoding: Encoding) -> String {
    let text = String::from_utf8_lossy(value);
    match encoding {
        Encoding::Raw | Encoding::Base64Whole => text.into_owned(),
        Encoding::Json => serde_json::Value::from(text).to_string(),
        Encoding::JsonUnicode => {
            let units = text.encode_utf16().fold(String::new(), |mut all, unit| {
                write!(all, "\\u{unit:04x}").ok();
                all
            });
            format!("\"{units}\"")
        }
        Encoding::Url => percent_encode(value, NON_ALPHANUMERIC).to_string(),
        Encoding::UrlAll => value.iter().fold(String::new(), |mut all, byte| {
            write!(all, "%{byte:02X}").ok();
            all
        }),
        Encoding::Base64 => BASE64_STANDARD.encode(value),
    }
}
