//! What the tests look with.

use crate::{
    scan::{ScanFinding, Scanner},
    tokens::PlainToken,
};
use std::path::Path;

/// Looks at many texts.
pub(super) struct Looker(Scanner);

impl Looker {
    pub(super) fn new() -> Self {
        Self(Scanner::new().unwrap())
    }

    /// Returns what is found in a text.
    pub(super) fn found(&self, text: impl AsRef<[u8]>) -> Vec<ScanFinding> {
        self.0.stream(Path::new("file"), text.as_ref()).unwrap().findings
    }
}

/// Returns what is found in one text.
pub(super) fn found(text: impl AsRef<[u8]>) -> Vec<ScanFinding> {
    Looker::new().found(text)
}

/// Returns a token that is good, as they are made.
pub(super) fn token(environment: &str) -> String {
    PlainToken::mint(&environment.parse().unwrap()).unwrap().reveal().to_owned()
}
