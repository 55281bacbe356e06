//! The gateway that runs, which is asked before any file is: what is told is what is enforced.

mod differences;
mod find;
mod sourced;

pub(super) use differences::{Difference, differences, tell};
pub(super) use find::{RunningGateway, ask, find};
pub(super) use sourced::{Source, Sourced};
