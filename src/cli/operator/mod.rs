//! `ideogate operator …`

mod command;
mod create;
mod list;
mod me;
mod role;
mod rotate;
mod show;
mod state;

pub use command::OperatorCommand;
pub(super) use command::run;
