//! What is found, and what is none.

mod keys;
mod look_alikes;
mod tokens;

use super::{Finding, Leak, Scanner};
use crate::tokens::PlainToken;
use std::path::Path;

/// Returns what is found in a text.
fn found(text: impl AsRef<[u8]>) -> Vec<Finding> {
    let report = Scanner::new().unwrap().stream(Path::new("file"), text.as_ref()).unwrap();
    report.findings
}

/// Returns a token that is good, as they are made.
fn token(environment: &str) -> String {
    PlainToken::mint(&environment.parse().unwrap()).unwrap().reveal().to_owned()
}
