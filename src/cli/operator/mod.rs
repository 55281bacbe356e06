//! `ideogate operator …`
//!
//! Operators are for the network: whoever may open the socket is an admin without being one of them.

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
