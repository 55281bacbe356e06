//! Reads each table of the settings, and checks what belongs together.
//!
//! Each reader returns `None` where it noted mistakes, and goes on reading all the same.

mod accounts;
mod environments;
mod limits;
mod listen;
mod notify;
mod operators;
mod review;
mod service;
mod settings;
mod webhooks;

pub(super) use environments::reserved_beyond;
pub(super) use settings::settings;
