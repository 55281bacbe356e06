//! The parts of a form, one after the other.
//!
//! A form is read once from its start to its end, with a view of at most 64 KiB, so that its size costs no
//! memory.

use super::{Boundary, part::PartHeader, window::BodyWindow};
use crate::inspection::InspectionError;
use memchr::memmem;

/// The most bytes a part's header may have.
/// So it always fits into the view.
const LONGEST_HEADER: usize = 8 << 10;

/// Walks over the parts of a form. Each header must be followed by a read of the content.
///
/// It goes forward only, so that each part is seen once.
pub(super) struct FormParts<'s> {
    /// The body, from where it is read next.
    window: BodyWindow<'s>,
    /// What stands between the parts.
    boundary: &'s Boundary,
    /// Whether the closing boundary was passed.
    is_over: bool,
}

impl<'s> FormParts<'s> {
    /// Returns the parts of a form, of which the text before the first boundary was passed over.
    ///
    /// It is an error if the body has no boundary, or the first one is not on a line of its own.
    pub(super) fn start(
        window: BodyWindow<'s>,
        boundary: &'s Boundary,
    ) -> Result<Self, InspectionError> {
        let mut parts = Self { window, boundary, is_over: false };
        parts.preamble()?;
        Ok(parts)
    }

    /// Passes over the text before the first boundary. Some readers take the boundary wherever it
    /// stands in it, so it may stand only where it is one to all.
    fn preamble(&mut self) -> Result<(), InspectionError> {
        let delimiter = self.boundary.delimiter();
        let mut before = 0;
        loop {
            let bytes = self.window.bytes();
            if let Some(at) = memmem::find(bytes, delimiter) {
                if before + at > 0 && !bytes[..at].ends_with(b"\r\n") {
                    return Err(malformed("has a first boundary that is not on a line of its own"));
                }
                self.window.pass(at + delimiter.len());
                return self.after_delimiter();
            }
            // Kept are the line end before a delimiter, and what of it may be in view.
            let passed = bytes.len().saturating_sub(delimiter.len() + 1);
            before += passed;
            self.window.pass(passed);
            if !self.window.widen()? {
                return Err(malformed("has no boundary like the one in its content type"));
            }
        }
    }

    /// Returns the next part's header, or `None` behind the last part.
    ///
    /// It is an error if the header is longer than 8 KiB, is not readable in one way, or the body ends in it.
    pub(super) fn next(&mut self) -> Result<Option<PartHeader>, InspectionError> {
        if self.is_over {
            return Ok(None);
        }
        let len = self.header_len()?;
        let header = PartHeader::read(&self.window.bytes()[..len])?;
        self.window.pass(len + b"\r\n\r\n".len());
        Ok(Some(header))
    }

    /// Returns how long the header is that comes next, without the blank line behind it.
    fn header_len(&mut self) -> Result<usize, InspectionError> {
        const BLANK_LINE: &[u8] = b"\r\n\r\n";
        loop {
            let bytes = self.window.bytes();
            // No more is searched, so that the bound does not depend on how much happens to be in view.
            let bytes = &bytes[..bytes.len().min(LONGEST_HEADER + BLANK_LINE.len())];
            if let Some(len) = memmem::find(bytes, BLANK_LINE) {
                return Ok(len);
            }
            if bytes.len() == LONGEST_HEADER + BLANK_LINE.len() {
                return Err(malformed("has a part whose header is longer than 8 KiB"));
            }
            if !self.window.widen()? {
                return Err(malformed("ends inside a part's header, or lacks CRLF line ends"));
            }
        }
    }

    /// Hands the part's content to `sink`, and moves to the next part.
    ///
    /// It comes in pieces, in order, without the line end before the boundary, which is not part of it (RFC
    /// 2046, 5.1.1).
    pub(super) fn content(&mut self, sink: &mut dyn FnMut(&[u8])) -> Result<(), InspectionError> {
        let delimiter = self.boundary.delimiter();
        // To some readers this is an empty part and the next one, to others it is content.
        if self.window.widen_to(delimiter.len())?.starts_with(delimiter) {
            return Err(malformed("has a boundary right behind a part's header"));
        }
        self.through_delimiter(sink)
    }

    /// Hands on what stands before the next delimiter, and passes over that.
    fn through_delimiter(&mut self, sink: &mut dyn FnMut(&[u8])) -> Result<(), InspectionError> {
        let line = self.boundary.line().len();
        loop {
            let bytes = self.window.bytes();
            if let Some(at) = self.boundary.find(bytes) {
                // RFC 2046 knows CRLF alone. Readers that bear a bare line feed end the part here, others read on.
                let Some(content) = bytes[..at].strip_suffix(b"\r") else {
                    return Err(malformed("has a boundary behind a bare line feed; use CRLF"));
                };
                sink(content);
                self.window.pass(at + line);
                return self.after_delimiter();
            }
            // The last bytes may be the start of the delimiter, and the carriage return before it.
            let content = bytes.len().saturating_sub(line);
            sink(&bytes[..content]);
            self.window.pass(content);
            if !self.window.widen()? {
                return Err(malformed("ends before its closing boundary"));
            }
        }
    }

    /// Passes over what follows a delimiter: a line end, or the two dashes that close the form.
    fn after_delimiter(&mut self) -> Result<(), InspectionError> {
        match self.window.widen_to(2)? {
            [b'\r', b'\n', ..] => {
                self.window.pass(2);
                Ok(())
            }
            [b'-', b'-', ..] => {
                self.window.pass(2);
                self.is_over = true;
                self.epilogue()
            }
            [b'\n', ..] => Err(malformed("has a bare line feed behind a boundary; use CRLF")),
            [_, _, ..] => {
                let problem = "has a boundary with something behind it on its line";
                Err(InspectionError::ambiguous("body", problem))
            }
            _ => Err(malformed("ends before its closing boundary")),
        }
    }

    /// Passes over the text behind the closing boundary, in which no reader may see a part.
    fn epilogue(&mut self) -> Result<(), InspectionError> {
        match self.window.widen_to(2)? {
            [] => return Ok(()),
            [b'\r', b'\n', ..] => self.window.pass(2),
            _ => return Err(malformed("has something behind its closing boundary")),
        }
        let delimiter = self.boundary.delimiter();
        loop {
            let bytes = self.window.bytes();
            if memmem::find(bytes, delimiter).is_some() {
                let problem = "has another boundary behind its closing boundary";
                return Err(InspectionError::ambiguous("body", problem));
            }
            let passed = bytes.len().saturating_sub(delimiter.len());
            self.window.pass(passed);
            if !self.window.widen()? {
                return Ok(());
            }
        }
    }
}

/// Returns the error about the body as a whole.
fn malformed(problem: &'static str) -> InspectionError {
    InspectionError::malformed("body", problem)
}
