//! `ideogate audit …`

mod command;
mod entry;
mod search;
mod show;
mod tail;
mod verify;

pub use command::AuditCommand;
pub(super) use command::run;
