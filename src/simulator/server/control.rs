//! Commands from outside, for a stand-in in a process of its own.
//!
//! They need no key and are not written down as calls.

use super::body::AnswerBody;
use crate::simulator::{Script, vendor::Vendor};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE, request::Parts};
use serde::Deserialize;
use serde_json::json;

/// One script or several.
///
/// Either form is taken, so that a script by hand needs no brackets.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Given {
    One(Script),
    Several(Vec<Script>),
}

/// Answers a command.
///
/// Answers 200 with what was asked for or `{}`, 400 to a script that cannot be read, and 404 to anything
/// else.
pub(super) fn answer(vendor: &Vendor, parts: &Parts, body: &[u8]) -> Response<AnswerBody> {
    match (parts.method.as_str(), parts.uri.path()) {
        ("GET", "/_simulator/seen") => {
            let body = serde_json::to_vec(&vendor.seen()).unwrap_or_default();
            respond(StatusCode::OK, body.into())
        }
        ("GET", "/_simulator/billed") => {
            let (images, usd_micros) = vendor.account.billed();
            let body = json!({"images": images, "usd_micros": usd_micros});
            respond(StatusCode::OK, body.to_string().into())
        }
        ("POST", "/_simulator/script") => script(vendor, body),
        ("POST", "/_simulator/release") => {
            vendor.scripts.release();
            done()
        }
        ("POST", "/_simulator/reset") => {
            vendor.reset();
            done()
        }
        _ => respond(StatusCode::NOT_FOUND, Bytes::from_static(b"{\"error\":\"not found\"}")),
    }
}

/// Adds the scripts of a body, all or none.
fn script(vendor: &Vendor, body: &[u8]) -> Response<AnswerBody> {
    match serde_json::from_slice(body) {
        Ok(Given::One(script)) => vendor.scripts.add(script),
        Ok(Given::Several(scripts)) => {
            for script in scripts {
                vendor.scripts.add(script);
            }
        }
        Err(problem) => {
            let body = json!({"error": problem.to_string()});
            return respond(StatusCode::BAD_REQUEST, body.to_string().into());
        }
    }
    done()
}

/// Returns the answer to a command that has nothing to tell.
fn done() -> Response<AnswerBody> {
    respond(StatusCode::OK, Bytes::from_static(b"{}"))
}

/// Returns an answer of JSON.
fn respond(status: StatusCode, body: Bytes) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::unseen(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
