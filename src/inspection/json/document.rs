//! A document with inspected fields.

use super::{Place, lexer::Lexer};
use crate::inspection::{
    InspectionError,
    charset::Charset,
    fields::{
        CHARSET_PROBLEM, FLAG_PROBLEM, FieldIndex, Fields, Found, LONGEST_SCALAR, LONGEST_TEXT,
        Level, MOST_TEXTS, OBJECT_PROBLEM, PLACES_PROBLEM, Shape, TEXT_PROBLEM, TEXTS_PROBLEM,
    },
    kept::Kept,
};
use std::io::BufRead;

/// No inspected field has a longer name.
const LONGEST_NAME: usize = 256;

/// Reads the JSON object that is the whole of `input`, and keeps what stands in the inspected
/// fields of its level.
pub(in crate::inspection) fn scan(
    input: impl BufRead,
    place: Place<'_>,
    fields: &mut Fields<'_>,
) -> Result<(), InspectionError> {
    let Place { field, level, charset } = place;
    let mut lexer = Lexer::new(input, field);
    match lexer.peek_word()? {
        Some(b'{') => {}
        Some(0xef) => return Err(lexer.error("must not start with a byte order mark")),
        _ => return Err(lexer.error(OBJECT_PROBLEM)),
    }
    let mut document = Document { lexer, fields, charset, name: Kept::up_to(LONGEST_NAME) };
    document.object(level, 1)?;
    match document.lexer.peek_word()? {
        None => Ok(()),
        Some(_) => Err(document.lexer.error("has something behind its JSON object")),
    }
}

struct Document<'d, 'r, R> {
    lexer: Lexer<'d, R>,
    fields: &'d mut Fields<'r>,
    charset: Charset,
    /// The name of the member that is being read.
    name: Kept,
}

impl<R: BufRead> Document<'_, '_, R> {
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

    fn inspected(&mut self, index: FieldIndex, depth: u32) -> Result<(), InspectionError> {
        self.fields.admit(index)?;
        let next = self.lexer.peek_word()?;
        let shape = self.fields.shape(index);
        let found = match (shape, next) {
            (Shape::Object, Some(b'{')) => {
                self.object(Level::Inside, depth + 1)?;
                Found::Present
            }
            (Shape::Places, Some(b'-' | b'0'..=b'9')) => self.places(index)?,
            (Shape::Flag, Some(b't' | b'f')) => Found::Flag(self.flag(next)?),
            (Shape::Text, Some(b'"')) => self.text(index, TEXT_PROBLEM).map(Found::Text)?,
            (Shape::Texts, Some(b'[')) => self.texts(index)?,
            (Shape::Any, _) => self.any(index, next, depth)?,
            (Shape::Flag | Shape::Text | Shape::Texts, Some(b'n')) => {
                self.lexer.literal(b"null")?;
                Found::Null
            }
            _ => return Err(self.wrong(index, problem(shape))),
        };
        self.fields.put(index, found);
        Ok(())
    }

    /// Only one digit means a number of images; `2.0` or `2e0` may mean it to some readers.
    fn places(&mut self, index: FieldIndex) -> Result<Found, InspectionError> {
        let mut kept = Kept::up_to(1);
        self.lexer.number(Some(&mut kept))?;
        match kept.whole() {
            Some(&[digit @ b'1'..=b'8']) => Ok(Found::Places(u32::from(digit - b'0'))),
            _ => Err(self.wrong(index, PLACES_PROBLEM)),
        }
    }

    fn flag(&mut self, next: Option<u8>) -> Result<bool, InspectionError> {
        let is_true = next == Some(b't');
        self.lexer.literal(if is_true { b"true" } else { b"false" })?;
        Ok(is_true)
    }

    fn text(
        &mut self,
        index: FieldIndex,
        problem: &'static str,
    ) -> Result<Box<str>, InspectionError> {
        let mut kept = Kept::up_to(LONGEST_TEXT);
        self.string(index, &mut kept)?;
        kept.text().map(Into::into).ok_or_else(|| self.wrong(index, problem))
    }

    fn texts(&mut self, index: FieldIndex) -> Result<Found, InspectionError> {
        self.lexer.expect(b'[')?;
        let mut texts = Vec::new();
        if self.lexer.closes(b']')? {
            return Ok(Found::Texts(texts));
        }
        loop {
            if texts.len() == MOST_TEXTS || self.lexer.peek_word()? != Some(b'"') {
                return Err(self.wrong(index, TEXTS_PROBLEM));
            }
            texts.push(self.text(index, TEXTS_PROBLEM)?);
            if !self.lexer.another(b']')? {
                return Ok(Found::Texts(texts));
            }
        }
    }

    fn any(
        &mut self,
        index: FieldIndex,
        next: Option<u8>,
        depth: u32,
    ) -> Result<Found, InspectionError> {
        let mut kept = Kept::up_to(LONGEST_SCALAR);
        match next {
            Some(b'"') => self.string(index, &mut kept)?,
            Some(b'-' | b'0'..=b'9') => self.lexer.number(Some(&mut kept))?,
            Some(b't' | b'f') => return self.flag(next).map(Found::Flag),
            Some(b'n') => return self.lexer.literal(b"null").map(|()| Found::Null),
            _ => return self.lexer.pass_value(depth).map(|()| Found::Present),
        }
        Ok(kept.text().map_or(Found::Present, |text| Found::Text(text.into())))
    }

    /// Reads a string that is the same to those who heed the document's label and those who do not.
    fn string(&mut self, index: FieldIndex, kept: &mut Kept) -> Result<(), InspectionError> {
        self.lexer.string(Some(kept))?;
        if self.charset != Charset::Utf8 && self.lexer.is_beyond_ascii {
            return Err(self.wrong(index, CHARSET_PROBLEM));
        }
        Ok(())
    }

    fn wrong(&self, index: FieldIndex, problem: &'static str) -> InspectionError {
        InspectionError::malformed(self.fields.name(index), problem)
    }
}

fn problem(shape: Shape) -> &'static str {
    match shape {
        Shape::Object | Shape::Misplaced => OBJECT_PROBLEM,
        Shape::Places => PLACES_PROBLEM,
        Shape::Flag => FLAG_PROBLEM,
        Shape::Text | Shape::Any => TEXT_PROBLEM,
        Shape::Texts => TEXTS_PROBLEM,
    }
}
