//! `ideogate demo`: the whole house in one command, and one call through it.

mod arguments;
mod call;
mod show;
mod snippets;

pub use arguments::DemoArguments;
pub(super) use show::run;
