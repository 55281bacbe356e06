//! `ideogate token …`

mod command;
mod create;
mod list;
mod show;
mod state;

pub use command::TokenCommand;
pub(super) use command::run;
