//! What separates the parts of a form.
//!
//! A form's content type names it (RFC 2046, 5.1.1).

use memchr::memmem::Finder;

/// A legal boundary, ready to be searched for.
///
/// Comparing is by bytes; no character of it is special.
#[derive(Debug, Clone)]
pub(in crate::inspection) struct Boundary {
    /// A line feed, two dashes and the boundary.
    line: Finder<'static>,
}

impl Boundary {
    /// Accepts 1 to 70 of the characters that RFC 2046 allows, the last of which is no space.
    ///
    /// Others are refused, for readers differ in where an odd boundary ends.
    pub(in crate::inspection) fn new(text: &[u8]) -> Option<Self> {
        let allowed = |b: &u8| b.is_ascii_alphanumeric() || b" '()+_,-./:=?".contains(b);
        let is_legal = (1..=70).contains(&text.len()) && text.iter().all(allowed);
        if !is_legal || text.ends_with(b" ") {
            return None;
        }
        Some(Self { line: Finder::new(&[b"\n--", text].concat()).into_owned() })
    }

    /// Returns where the first line feed with a delimiter behind it is.
    ///
    /// Whether a carriage return stands before the line feed is not looked at.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<usize> {
        self.line.find(bytes)
    }

    /// Returns the delimiter with the line feed before it.
    pub(super) fn line(&self) -> &[u8] {
        self.line.needle()
    }

    /// Returns the delimiter: two dashes and the boundary.
    pub(super) fn delimiter(&self) -> &[u8] {
        &self.line.needle()[1..]
    }
}
