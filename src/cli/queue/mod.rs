//! `ideogate queue …`

mod command;
mod release;
mod status;

pub use command::QueueCommand;
pub(super) use command::run;
