//! The fields of a request body, read by other means than the gateway's, which it judges.
//!
//! It shares no code with the gateway's inspection, so that a fault in one shows against the other.

mod multipart;
mod read;
#[cfg(test)]
mod tests;
mod upload;
mod validate;
mod values;

pub use read::{FormError, read};
pub use upload::Upload;
pub use validate::{Flaw, validate};
pub use values::{FormValue, FormValues};
