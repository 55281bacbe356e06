//! What is found, and what is none.

mod keys;
mod look_alikes;
mod tokens;

use super::{Finding, Leak, Scanner};
use crate::tokens::PlainToken;
use std::path::Path;

/// Looks at many texts.
struct Looker(Scanner);

impl Looker {
    fn new() -> Self {
        Self(Scanner::new().unwrap())
    }

    /// Returns what is found in a text.
    fn found(&self, text: impl AsRef<[u8]>) -> Vec<Finding> {
        self.0.stream(Path::new("file"), text.as_ref()).unwrap().findings
    }
}

/// Returns what is found in one text.
fn found(text: impl AsRef<[u8]>) -> Vec<Finding> {
    Looker::new().found(text)
}

/// Returns a token that is good, as they are made.
fn token(environment: &str) -> String {
    PlainToken::mint(&environment.parse().unwrap()).unwrap().reveal().to_owned()
}
