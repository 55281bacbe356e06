//! A form's content type, taken apart.

use super::Boundary;
use crate::inspection::charset::Charset;

/// What the content type says of a form.
#[derive(Debug)]
pub(in crate::inspection) struct FormType {
    /// What stands between its parts.
    pub(in crate::inspection) boundary: Boundary,
    /// The charset of the texts in it, as some readers take it.
    pub(in crate::inspection) charset: Charset,
}
