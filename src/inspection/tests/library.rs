//! Negative controls: what the JSON library at hand would take that is refused here, or could not tell.

use super::fixture::{Request, flat};
use serde::Deserialize;

/// What inspection asks for, as a library is asked: everything else is passed over.
#[derive(Debug, Deserialize)]
struct Known {
    num_images: u32,
    #[serde(default)]
    model: String,
}

/// Asserts that the library takes a body, and returns what it read.
fn library(body: &[u8]) -> Known {
    let known: Known = serde_json::from_reader(body).unwrap();
    assert_eq!(known.num_images, 2);
    known
}

#[test]
fn a_library_passes_over_bytes_that_are_no_text_and_over_any_depth() {
    let bytes = &b"{\"prompt\":\"\xff\",\"num_images\":2}"[..];
    let deep = format!("{{\"x\":{}{},\"num_images\":2}}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [bytes, deep.as_bytes()] {
        library(body);
        assert_eq!(Request::json(flat(), body).verdict(), "malformed_request body");
    }
}

#[test]
fn a_library_cannot_tell_an_escape_from_a_letter_beyond_ascii() {
    let escape = br#"{"num_images":2,"model":"V_2\u00e4"}"#;
    let letter = r#"{"num_images":2,"model":"V_2ä"}"#.as_bytes();
    assert_eq!(library(escape).model, library(letter).model);
    let verdict = |body| Request::new(flat(), "application/json; charset=cp1252", body).verdict();
    assert_eq!(verdict(&escape[..]), "2");
    assert_eq!(verdict(letter), "malformed_request model");
}
