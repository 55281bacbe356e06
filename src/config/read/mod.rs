//! Reads each table of the settings, and checks what belongs together.

mod accounts;
mod environments;
mod limits;
mod listen;
mod operators;
mod review;
mod service;
mod settings;
mod webhooks;

pub(super) use settings::settings;
