//! Lines and columns.

use memchr::{memchr_iter, memrchr};

/// A place in a text, as editors count.
///
/// Columns count characters of UTF-8, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextPosition {
    /// The line, from 1.
    pub(super) line: u64,
    /// The character in the line, from 1.
    pub(super) column: u64,
}

impl TextPosition {
    /// Where every text starts.
    pub(super) const START: Self = Self { line: 1, column: 1 };

    /// Returns the place behind this text.
    ///
    /// The text must begin where this place is.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let Some(last) = memrchr(b'\n', text) else {
            return Self { column: self.column + characters(text), ..self };
        };
        let lines = memchr_iter(b'\n', text).count() as u64;
        Self { line: self.line + lines, column: 1 + characters(&text[last + 1..]) }
    }
}

/// Counts the characters of a text in UTF-8; in any other, its bytes below 128 and above 191.
fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_editors_do() {
        let place = |text: &str| {
            let place = TextPosition::START.after(text.as_bytes());
            (place.line, place.column)
        };
        assert_eq!(place(""), (1, 1));
        assert_eq!(place("ab"), (1, 3));
        assert_eq!(place("ab\r\n"), (2, 1));
        assert_eq!(place("ab\n\nüé"), (3, 3));
    }

    #[test]
    fn a_line_may_go_on_in_the_next_window() {
        let place = TextPosition::START.after(b"a\nbc").after(b"d");
        assert_eq!(place, TextPosition { line: 2, column: 4 });
    }
}
