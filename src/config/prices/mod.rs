//! The price table: compiled in, with the operator's file over it.
//!
//! A price is what a call is reserved with before it is sent. The operator's file replaces all shipped rows
//! of a route that it names, so that prices of two sources never mix within a route.

mod checks;
mod column;
mod file;
mod row;
mod table;

pub(super) use table::read;
