//! `ideogate audit …`
//!
//! Whoever wants proof must not have to trust the gateway: `verify` works on the files alone, with a key and
//! checkpoints that were noted elsewhere. All else but `accept-restore` asks the gateway.

mod accept_restore;
mod archive;
mod command;
mod completeness;
mod entry;
mod export;
mod export_file;
mod key;
mod person;
mod search;
mod segments;
mod show;
mod tail;
mod verdict;
mod verify;

pub use command::AuditCommand;
pub(super) use command::run;
