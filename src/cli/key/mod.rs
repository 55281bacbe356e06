//! `ideogate key …`
//!
//! Keys are shown by their last four characters alone.

mod command;
mod grouped;
mod list;
mod rotate;
mod verify;

pub use command::KeyCommand;
pub(super) use command::run;
pub(super) use list::doubts;
