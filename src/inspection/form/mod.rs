//! Forms: `multipart/form-data`, read as a stream and strictly.
//!
//! Readers of forms differ in what they forgive: bare line feeds, odd boundaries, escapes, second
//! names. Whatever one of them might take for another part or another name is refused here.

use crate::inspection::charset::Charset;

mod boundary;
mod field_name;
mod part;
mod parts;
mod scan;
mod value;
mod window;

pub(super) use boundary::Boundary;
pub(super) use scan::scan;

/// What the content type says of a form.
#[derive(Debug)]
pub(super) struct FormType {
    /// What stands between its parts.
    pub(super) boundary: Boundary,
    /// The charset of the texts in it, as some readers take it.
    pub(super) charset: Charset,
}
