//! `ideogate audit …`

mod accept_restore;
mod command;
mod completeness;
mod entry;
mod evidence;
mod export;
mod export_file;
mod key;
mod progress;
mod search;
mod show;
mod tail;
mod verdict;
mod verify;

pub use command::AuditCommand;
pub(super) use command::run;
