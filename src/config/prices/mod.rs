//! The price table: compiled in, with the operator's file over it.

mod checks;
mod column;
mod file;
mod row;
mod table;

pub(super) use table::read;
