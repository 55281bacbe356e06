//! The route table: compiled in, with the operator's file over it.
//!
//! What is in no route is refused before anything is sent.

mod checks;
mod column;
mod file;
mod route;
mod table;

pub(super) use table::{read, route_name};
