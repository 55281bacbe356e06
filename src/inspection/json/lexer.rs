//! The words of a JSON document.
//!
//! The grammar is that of RFC 8259, with nothing added: no comments, no last comma, no single quotes.

use crate::inspection::{InspectionError, kept::BoundedBuffer};
use std::io::BufRead;

/// The deepest nesting that is read; the whole document is at depth 1.
/// Readers are free to have such a bound (RFC 8259, 9).
pub(super) const DEEPEST: u32 = 128;

/// Reads a document from its start to its end, never back.
///
/// It holds nothing of the document but what it was told to keep.
#[derive(Debug)]
pub(super) struct Lexer<'f, R> {
    /// The rest of the document.
    input: R,
    /// What errors name: the body, or the form field that holds the document.
    field: &'f str,
    /// Whether the last string has bytes beyond ASCII; escapes are ASCII.
    pub(super) is_beyond_ascii: bool,
}

impl<'f, R: BufRead> Lexer<'f, R> {
    /// Returns a lexer at the document's start.
    pub(super) fn new(input: R, field: &'f str) -> Self {
        Self { input, field, is_beyond_ascii: false }
    }

    /// Returns an error about the document as a whole.
    pub(super) fn error(&self, problem: &'static str) -> InspectionError {
        InspectionError::malformed(self.field, problem)
    }

    /// Returns what can be seen of the rest; nothing at the end.
    pub(super) fn window(&mut self) -> Result<&[u8], InspectionError> {
        self.input.fill_buf().map_err(InspectionError::Unreadable)
    }

    /// Passes over bytes that were seen.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.input.consume(bytes);
    }

    /// Returns the next byte without passing over it; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, InspectionError> {
        Ok(self.window()?.first().copied())
    }

    /// Returns the next byte and passes over it. It is an error at the end.
    pub(super) fn next(&mut self) -> Result<u8, InspectionError> {
        let byte = self.peek()?.ok_or_else(|| self.error("is JSON that ends too early"))?;
        self.skip(1);
        Ok(byte)
    }

    /// Passes over blanks, and returns the byte behind them.
    /// The blanks are the four of RFC 8259, 2.
    pub(super) fn peek_word(&mut self) -> Result<Option<u8>, InspectionError> {
        loop {
            let window = self.window()?;
            let blanks = window.iter().take_while(|b| b" \t\n\r".contains(b)).count();
            let (seen, byte) = (window.len(), window.get(blanks).copied());
            self.skip(blanks);
            if byte.is_some() || seen == 0 {
                return Ok(byte);
            }
        }
    }

    /// Passes over blanks and the byte behind them, which must be `wanted`.
    pub(super) fn expect(&mut self, wanted: u8) -> Result<(), InspectionError> {
        self.peek_word()?;
        if self.next()? == wanted { Ok(()) } else { Err(self.invalid()) }
    }

    /// Passes over blanks and a comma, which returns true, or the `close` that ends the list.
    pub(super) fn another(&mut self, close: u8) -> Result<bool, InspectionError> {
        self.peek_word()?;
        match self.next()? {
            b',' => Ok(true),
            byte if byte == close => Ok(false),
            _ => Err(self.invalid()),
        }
    }

    /// Passes over blanks and says whether `close` follows, which is then passed over too.
    pub(super) fn closes(&mut self, close: u8) -> Result<bool, InspectionError> {
        let closes = self.peek_word()? == Some(close);
        self.skip(usize::from(closes));
        Ok(closes)
    }

    /// Passes over a value that nobody asked for. `depth` is that of what holds it.
    ///
    /// It must be JSON all the same.
    pub(super) fn pass_value(&mut self, depth: u32) -> Result<(), InspectionError> {
        match self.peek_word()? {
            Some(b'{') => self.pass_object(depth + 1),
            Some(b'[') => self.pass_array(depth + 1),
            Some(b'"') => self.string(None),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            _ => self.number(None),
        }
    }

    /// Passes over an object at that depth. Names that come twice are let pass here: nobody asks for them.
    fn pass_object(&mut self, depth: u32) -> Result<(), InspectionError> {
        self.check_depth(depth)?;
        self.expect(b'{')?;
        if self.closes(b'}')? {
            return Ok(());
        }
        loop {
            self.peek_word()?;
            self.string(None)?;
            self.expect(b':')?;
            self.pass_value(depth)?;
            if !self.another(b'}')? {
                return Ok(());
            }
        }
    }

    /// Passes over a list at that depth.
    fn pass_array(&mut self, depth: u32) -> Result<(), InspectionError> {
        self.check_depth(depth)?;
        self.expect(b'[')?;
        if self.closes(b']')? {
            return Ok(());
        }
        loop {
            self.pass_value(depth)?;
            if !self.another(b']')? {
                return Ok(());
            }
        }
    }

    /// It is an error below the deepest nesting. The bound also keeps reading from using up the stack.
    pub(super) fn check_depth(&self, depth: u32) -> Result<(), InspectionError> {
        if depth <= DEEPEST { Ok(()) } else { Err(self.error("is JSON nested deeper than 128")) }
    }

    /// Passes over a literal, of which nothing was passed over yet.
    pub(super) fn literal(&mut self, literal: &'static [u8]) -> Result<(), InspectionError> {
        for wanted in literal {
            if self.next()? != *wanted {
                return Err(self.invalid());
            }
        }
        Ok(())
    }

    /// Reads a number as it is written.
    ///
    /// The form is checked and nothing computed, so that a number of any length is read without loss.
    pub(super) fn number(
        &mut self,
        mut kept: Option<&mut BoundedBuffer>,
    ) -> Result<(), InspectionError> {
        self.take(|b| b == b'-', &mut kept)?;
        if !self.take(|b| b == b'0', &mut kept)? {
            self.digits(&mut kept)?;
        }
        if self.take(|b| b == b'.', &mut kept)? {
            self.digits(&mut kept)?;
        }
        if self.take(|b| matches!(b, b'e' | b'E'), &mut kept)? {
            self.take(|b| matches!(b, b'+' | b'-'), &mut kept)?;
            self.digits(&mut kept)?;
        }
        Ok(())
    }

    /// Reads one digit or more.
    fn digits(&mut self, kept: &mut Option<&mut BoundedBuffer>) -> Result<(), InspectionError> {
        if !self.take(|b| b.is_ascii_digit(), kept)? {
            return Err(self.invalid());
        }
        while self.take(|b| b.is_ascii_digit(), kept)? {}
        Ok(())
    }

    /// Reads the next byte if it is one of those wanted.
    fn take(
        &mut self,
        wanted: fn(u8) -> bool,
        kept: &mut Option<&mut BoundedBuffer>,
    ) -> Result<bool, InspectionError> {
        let Some(byte) = self.peek()?.filter(|byte| wanted(*byte)) else { return Ok(false) };
        self.skip(1);
        if let Some(kept) = kept {
            kept.add(&[byte]);
        }
        Ok(true)
    }

    /// Returns the error for what the grammar does not allow.
    pub(super) fn invalid(&self) -> InspectionError {
        self.error("is not valid JSON")
    }
}
