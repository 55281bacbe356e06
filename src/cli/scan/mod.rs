//! `ideogate scan`

mod command;
mod show;

pub use command::ScanArguments;
pub(super) use command::run;
