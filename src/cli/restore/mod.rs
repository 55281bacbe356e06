//! `ideogate restore`
//!
//! It works on files alone: no gateway runs on the folder, and who restores is the user of the process.

mod command;
mod report;

pub use command::RestoreArguments;
pub(super) use command::run;
