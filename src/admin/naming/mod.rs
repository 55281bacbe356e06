//! Names that operators write, held against what there is and what is on record.
//!
//! A name that names nothing is an error, never an empty answer. What is no longer there but on record
//! counts as known: a removed environment, a revoked token.

mod candidates;
mod environments;
mod operators;
mod persons;
mod records;
mod routes;
mod tokens;

pub(super) use routes::code;
