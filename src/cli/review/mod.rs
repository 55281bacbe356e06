//! `ideogate review`
//!
//! The gateway judges, and here it is only shown: nothing of what is proposed is done.

mod command;
mod table;

pub use command::ReviewArguments;
pub(super) use command::run;
