//! JSON documents: read strictly, kept only where a field is inspected.

mod document;
mod lexer;
mod place;
mod string;

pub(super) use document::scan;
pub(super) use place::Place;
