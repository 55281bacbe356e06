//! `ideogate scan`
//!
//! It needs neither a gateway nor settings.

mod command;
mod show;

pub use command::ScanArguments;
pub(super) use command::run;
