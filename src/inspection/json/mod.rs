//! JSON documents: read strictly, kept only where a field is inspected.

use super::{charset::Charset, fields::Level};

mod document;
mod lexer;
mod string;

pub(super) use document::scan;

/// Where a document stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'f> {
    /// What errors name that concern no inspected field.
    field: &'f str,
    /// The level of the document's own members.
    level: Level,
    /// How the document is labelled.
    charset: Charset,
}

impl<'f> Place<'f> {
    /// The document is the whole body, with this label.
    pub(super) fn body(charset: Charset) -> Self {
        Self { field: "body", level: Level::Top, charset }
    }

    /// The document is the text of a form's field, which was found to be the same under each label.
    pub(super) fn inside(field: &'f str) -> Self {
        Self { field, level: Level::Inside, charset: Charset::Utf8 }
    }
}
