//! Misbehaviour on command.

mod echo;
mod gzip;
mod script;
mod scripts;

pub(super) use echo::echo;
pub(super) use gzip::gzip;
pub use script::{Act, Encoding, Script};
pub(super) use scripts::{Cue, Scripts};
