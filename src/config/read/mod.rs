//! Reads each table of the settings, and checks what belongs together.

mod accounts;
mod environments;
mod limits;
mod listen;
mod names;
mod operators;
mod service;
mod settings;
mod webhooks;

pub(super) use names::{known_environment, name};
pub(super) use settings::settings;
