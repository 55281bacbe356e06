//! `ideogate token …`

mod command;
mod create;
mod limits;
mod list;
mod reduce;
mod rotate;
mod show;
mod state;

pub use command::TokenCommand;
pub(super) use command::run;
