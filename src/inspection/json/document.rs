//! A document with inspected fields.
//!
//! Every member of the inspected levels is looked at, for a name that comes twice is read differently by
//! different readers (RFC 8259, 4).

use super::{Place, lexer::Lexer};
use crate::inspection::{
    InspectionError,
    charset::Charset,
    fields::{
        CHARSET_PROBLEM, FLAG_PROBLEM, FieldIndex, FieldReading, FieldShape, Fields,
        LONGEST_SCALAR, LONGEST_TEXT, Level, MOST_TEXTS, OBJECT_PROBLEM, PLACES_PROBLEM,
        TEXT_PROBLEM, TEXTS_PROBLEM,
    },
    kept::BoundedBuffer,
};
use std::io::BufRead;

/// No inspected field has a longer name.
const LONGEST_NAME: usize = 256;

/// Reads the JSON object that is the whole of `input`, and keeps what stands in the inspected
/// fields of its level.
///
/// A byte order mark is refused (RFC 8259, 8.1, forbids to add one), and so is anything behind the object. It
/// is an error where the document is no JSON, even in a place that nobody asked for.
pub(in crate::inspection) fn scan(
    input: impl BufRead,
    place: Place<'_>,
    fields: &mut Fields<'_>,
) -> Result<(), InspectionError> {
    let Place { field, level, charset } = place;
    let mut lexer = Lexer::new(input, field);
    match lexer.peek_word()? {
        Some(b'{') => {}
        // Told apart from other nonsense, since editors add the mark unasked.
        Some(0xef) => return Err(lexer.error("must not start with a byte order mark")),
        _ => return Err(lexer.error(OBJECT_PROBLEM)),
    }
    let mut document =
        JsonDocument { lexer, fields, charset, name: BoundedBuffer::up_to(LONGEST_NAME) };
    document.object(level, 1)?;
    // Something behind the object could be a second object, and that one another reader's choice.
    match document.lexer.peek_word()? {
        None => Ok(()),
        Some(_) => Err(document.lexer.error("has something behind its JSON object")),
    }
}

/// A document that is being read.
struct JsonDocument<'d, 'r, R> {
    /// Where it is read from.
    lexer: Lexer<'d, R>,
    /// What is looked for, and what was found.
    fields: &'d mut Fields<'r>,
    /// How the document is labelled.
    charset: Charset,
    /// The name of the member that is being read.
    name: BoundedBuffer,
}

impl<R: BufRead> JsonDocument<'_, '_, R> {
    /// Reads an object of an inspected level.
    fn object(&mut self, level: Level, depth: u32) -> Result<(), InspectionError> {
        self.lexer.check_depth(depth)?;
        self.lexer.expect(b'{')?;
        if self.lexer.closes(b'}')? {
            return Ok(());
        }
        loop {
            self.member(level, depth)?;
            if !self.lexer.another(b'}')? {
                return Ok(());
            }
        }
    }

    /// Reads a member. A name longer than 256 bytes is nobody's, and its value passed over.
    fn member(&mut self, level: Level, depth: u32) -> Result<(), InspectionError> {
        self.lexer.peek_word()?;
        self.name.clear();
        self.lexer.string(Some(&mut self.name))?;
        self.lexer.expect(b':')?;
        let name = self.name.whole();
        match name.and_then(|name| self.fields.find(level, name)) {
            Some(index) => self.inspected(index, depth),
            None => self.lexer.pass_value(depth),
        }
    }

    /// Reads the value of an inspected field. null is allowed where a field may be absent, but not for a
    /// number of images, nor for the object that holds one.
    fn inspected(&mut self, index: FieldIndex, depth: u32) -> Result<(), InspectionError> {
        self.fields.admit(index)?;
        let next = self.lexer.peek_word()?;
        let shape = self.fields.shape(index);
        let found = match (shape, next) {
            (FieldShape::Object, Some(b'{')) => {
                self.object(Level::Inside, depth + 1)?;
                FieldReading::Present
            }
            (FieldShape::Places, Some(b'-' | b'0'..=b'9')) => self.places(index)?,
            (FieldShape::Flag, Some(b't' | b'f')) => FieldReading::Flag(self.flag(next)?),
            (FieldShape::Text, Some(b'"')) => {
                self.text(index, TEXT_PROBLEM).map(FieldReading::Text)?
            }
            (FieldShape::Texts, Some(b'[')) => self.texts(index)?,
            (FieldShape::Any, _) => self.any(index, next, depth)?,
            (FieldShape::Flag | FieldShape::Text | FieldShape::Texts, Some(b'n')) => {
                self.lexer.literal(b"null")?;
                FieldReading::Null
            }
            _ => return Err(self.wrong(index, problem(shape))),
        };
        self.fields.put(index, found);
        Ok(())
    }

    /// Only one digit means a number of images; `2.0` or `2e0` may mean it to some readers.
    fn places(&mut self, index: FieldIndex) -> Result<FieldReading, InspectionError> {
        let mut kept = BoundedBuffer::up_to(1);
        self.lexer.number(Some(&mut kept))?;
        match kept.whole() {
            Some(&[digit @ b'1'..=b'8']) => Ok(FieldReading::Places(u32::from(digit - b'0'))),
            _ => Err(self.wrong(index, PLACES_PROBLEM)),
        }
    }

    /// Reads a flag that begins with `next`.
    fn flag(&mut self, next: Option<u8>) -> Result<bool, InspectionError> {
        let is_true = next == Some(b't');
        self.lexer.literal(if is_true { b"true" } else { b"false" })?;
        Ok(is_true)
    }

    /// Reads a text that is kept; it must fit 64 KiB.
    fn text(
        &mut self,
        index: FieldIndex,
        problem: &'static str,
    ) -> Result<Box<str>, InspectionError> {
        let mut kept = BoundedBuffer::up_to(LONGEST_TEXT);
        self.string(index, &mut kept)?;
        kept.text().map(Into::into).ok_or_else(|| self.wrong(index, problem))
    }

    /// Reads a list of texts, 256 at most.
    fn texts(&mut self, index: FieldIndex) -> Result<FieldReading, InspectionError> {
        self.lexer.expect(b'[')?;
        let mut texts = Vec::new();
        if self.lexer.closes(b']')? {
            return Ok(FieldReading::Texts(texts));
        }
        loop {
            if texts.len() == MOST_TEXTS || self.lexer.peek_word()? != Some(b'"') {
                return Err(self.wrong(index, TEXTS_PROBLEM));
            }
            texts.push(self.text(index, TEXTS_PROBLEM)?);
            if !self.lexer.another(b']')? {
                return Ok(FieldReading::Texts(texts));
            }
        }
    }

    /// Reads whatever stands there. A scalar of at most 256 bytes is kept as text; a longer one counts as
    /// present.
    fn any(
        &mut self,
        index: FieldIndex,
        next: Option<u8>,
        depth: u32,
    ) -> Result<FieldReading, InspectionError> {
        let mut kept = BoundedBuffer::up_to(LONGEST_SCALAR);
        match next {
            Some(b'"') => self.string(index, &mut kept)?,
            Some(b'-' | b'0'..=b'9') => self.lexer.number(Some(&mut kept))?,
            Some(b't' | b'f') => return self.flag(next).map(FieldReading::Flag),
            Some(b'n') => return self.lexer.literal(b"null").map(|()| FieldReading::Null),
            _ => return self.lexer.pass_value(depth).map(|()| FieldReading::Present),
        }
        Ok(kept.text().map_or(FieldReading::Present, |text| FieldReading::Text(text.into())))
    }

    /// Reads a string that is the same to those who heed the document's label and those who do not.
    fn string(
        &mut self,
        index: FieldIndex,
        kept: &mut BoundedBuffer,
    ) -> Result<(), InspectionError> {
        self.lexer.string(Some(kept))?;
        if self.charset != Charset::Utf8 && self.lexer.is_beyond_ascii {
            return Err(self.wrong(index, CHARSET_PROBLEM));
        }
        Ok(())
    }

    /// Returns the error about an inspected field.
    fn wrong(&self, index: FieldIndex, problem: &'static str) -> InspectionError {
        InspectionError::malformed(self.fields.name(index), problem)
    }
}

/// Returns what is told of a field that does not have its shape.
fn problem(shape: FieldShape) -> &'static str {
    match shape {
        FieldShape::Object | FieldShape::Misplaced => OBJECT_PROBLEM,
        FieldShape::Places => PLACES_PROBLEM,
        FieldShape::Flag => FLAG_PROBLEM,
        FieldShape::Text | FieldShape::Any => TEXT_PROBLEM,
        FieldShape::Texts => TEXTS_PROBLEM,
    }
}
