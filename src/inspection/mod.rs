//! What a request asks for: places, price fields, addresses, fingerprint.
//!
//! Inspection reads a body the one way that cannot be misunderstood. Where two readers could see two
//! different values of something the gateway must know, the request is refused, with the field's
//! name and what is allowed. What the gateway need not know is passed over.
//!
//! Nothing here sends, stores or bills anything. Body bytes are never changed: what is passed on is what
//! came.

mod charset;
mod demand;
mod digest;
mod error;
mod fields;
mod form;
mod inspect;
mod json;
mod kept;
mod media;
mod parameters;
mod query;
mod subject;

#[cfg(test)]
mod tests;

pub use error::InspectionError;
pub use inspect::{Inspected, inspect};
pub use query::with_parameter;
pub use subject::Subject;
