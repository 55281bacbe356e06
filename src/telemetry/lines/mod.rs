//! Lines that are written without anybody waiting for them.
//!
//! Whoever has a line gives it to a [`LineSink`] and goes on. A thread of its own writes it, and may be held
//! up for ever by a pipe that nobody reads: lines wait up to a bound, and what finds no room or cannot be
//! written is dropped and counted ([`DroppedLines`]). Once writing works again, one line says how many are missing.

mod dropped;
mod kind;
mod note;
mod queue;
mod sink;
mod writer;

#[cfg(test)]
mod tests;

pub use dropped::DroppedLines;
pub use kind::LineKind;
pub use note::NoteForm;
pub use sink::{LineSink, LineWriter};
