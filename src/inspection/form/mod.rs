//! Forms: `multipart/form-data`, read as a stream and strictly.
//!
//! Readers of forms differ in what they forgive: bare line feeds, odd boundaries, escapes, second
//! names. Whatever one of them might take for another part or another name is refused here.

mod boundary;
mod field_name;
mod form_type;
mod part;
mod parts;
mod scan;
mod value;
mod window;

pub(super) use boundary::Boundary;
pub(super) use form_type::FormType;
pub(super) use scan::scan;
