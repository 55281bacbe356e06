//! The gateway that runs, which is asked before any file is: what is told is what is enforced.
//!
//! The caller's own file answers only where no gateway runs and none was named, and that is always said.

mod differences;
mod find;
mod sourced;

pub(super) use differences::{Difference, differences, tell};
pub(super) use find::{RunningGateway, ask, find};
pub(super) use sourced::{Source, Sourced};
