//! The database in a file: the writer, the readers, the schema.

mod base;
mod calls;
mod chain;
mod claims;
mod connection;
mod details;
mod effects;
mod leaving;
mod log;
mod mentions;
mod migrations;
mod notified;
mod operators;
mod pauses;
mod persons;
mod reader;
mod reads;
mod records;
mod review;
mod rewrite;
mod row;
mod secrets;
mod segments;
mod settlement;
mod size_bound;
mod spend;
mod statement;
mod tokens;
mod usage;
mod webhooks;
mod writer;

pub use log::{LARGE_LOG, log_size};
pub use reader::Reader;
pub use secrets::KeptUse;
pub(super) use writer::SqliteWriter;
