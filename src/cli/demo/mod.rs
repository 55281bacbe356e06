//! `ideogate demo`: the whole house in one command, and one call through it.
//!
//! It needs no settings, no key and nothing beyond loopback.

mod arguments;
mod call;
mod show;
mod snippets;

pub use arguments::DemoArguments;
pub(super) use show::run;
