//! `ideogate backup`
//!
//! The gateway makes it; the command has it written, read again, and only then given its name.

mod checking;
mod command;
mod receive;
mod told;

pub use command::BackupArguments;
pub(super) use command::run;
