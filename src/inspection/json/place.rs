//! Where a document stands, and how it is labelled.

use crate::inspection::{charset::Charset, fields::Level};

/// Where a document stands.
#[derive(Debug, Clone, Copy)]
pub(in crate::inspection) struct Place<'f> {
    /// What errors name that concern no inspected field.
    pub(super) field: &'f str,
    /// The level of the document's own members.
    pub(super) level: Level,
    /// How the document is labelled.
    pub(super) charset: Charset,
}

impl<'f> Place<'f> {
    /// The document is the whole body, with this label.
    pub(in crate::inspection) fn body(charset: Charset) -> Self {
        Self { field: "body", level: Level::Top, charset }
    }

    /// The document is the text of a form's field, which was found to be the same under each label.
    pub(in crate::inspection) fn inside(field: &'f str) -> Self {
        Self { field, level: Level::Inside, charset: Charset::Utf8 }
    }
}
