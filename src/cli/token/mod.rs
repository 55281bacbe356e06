//! `ideogate token …`
//!
//! The text of a token is seen once, when it is made or rotated. Ever after, it is named by its id, or by its
//! name where that is unique.

mod command;
mod create;
mod limits;
mod list;
mod metadata;
mod prune;
mod reduce;
mod rotate;
mod show;
mod state;
mod update;

pub use command::TokenCommand;
pub(super) use command::run;
