//! The operations of the stand-in, as data.
//!
//! They are written down apart from `config/routes.toml`, so that what the gateway lets pass is judged by
//! another table.

mod field;
mod fields;
mod find;
mod legacy;
mod operation;
#[cfg(test)]
mod tests;
mod v1;
mod v2;
mod v4;
mod values;

pub use field::{FieldKind, FormField};
#[cfg(test)]
pub use find::all;
pub use find::find;
pub use operation::{AnswerShape, BodyType, Deed, Family, Operation, Product, Timing};
pub use values::{V3_SIZES, V4_SIZES};
