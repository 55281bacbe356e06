//! Names of end users, as apps send them.

use std::{fmt, str};
use zeroize::Zeroizing;

/// The longest name in bytes.
pub(super) const LONGEST: usize = 128;

/// The name of an end user; wiped when it is dropped, and shown only by whoever asks for its text.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(Zeroizing<Box<str>>);

/// A text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 128 bytes of UTF-8 without control characters")]
pub struct PersonNameError;

impl PersonName {
    /// Reads a name. Any text of up to 128 bytes is one, as long as no control character is in it.
    pub fn parse(bytes: &[u8]) -> Result<Self, PersonNameError> {
        // Not ASCII alone: names of people are UTF-8.
        let text = str::from_utf8(bytes).map_err(|_| PersonNameError)?;
        let fits = (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(Zeroizing::new(text.into()))) } else { Err(PersonNameError) }
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether `text` holds the name, in capitals or not.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let name = Zeroizing::new(self.0.to_lowercase());
        text.to_lowercase().contains(&**name)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}
