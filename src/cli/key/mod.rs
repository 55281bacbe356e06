//! `ideogate key …`

mod command;
mod list;
mod rotate;
mod verify;

pub use command::KeyCommand;
pub(super) use command::run;
pub(super) use list::doubts;
