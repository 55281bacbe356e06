//! Our key inside an answer: found in every form it may be echoed in, and overwritten in place.

mod escape;
mod forms;
mod overwrite;
mod redactor;

pub(super) use overwrite::Redaction;
pub(super) use redactor::Redactor;
