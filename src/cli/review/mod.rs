//! `ideogate review`

mod command;
mod table;

pub use command::ReviewArguments;
pub(super) use command::run;
