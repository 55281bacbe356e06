//! Bodies at rest: in memory while small, in an unlinked file when large, always within a budget.
//!
//! A [`SpoolWriter`] takes a body in and becomes a [`Spool`], which is read as often as needed:
//! in place with a [`SpoolReader`], or as an HTTP body with a [`SpoolBody`]. Whatever a body takes
//! from the [`SpoolBudget`] comes back when its last owner lets go of it.

mod body;
mod budget;
mod content;
mod error;
mod place;
mod reader;
mod share;
mod space;
mod writer;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use body::SpoolBody;
pub use budget::{SpoolBudget, SpoolLimits};
pub use content::Spool;
pub use error::SpoolError;
pub use reader::SpoolReader;
pub use space::free_space;
pub use writer::SpoolWriter;
