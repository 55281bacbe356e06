//! `ideogate queue …`
//!
//! Places and queues are those of the gateway that runs; without one there is nothing to see.

mod command;
mod release;
mod status;

pub use command::QueueCommand;
pub(super) use command::run;
