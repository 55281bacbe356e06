//! Answers that nobody has received yet, and calls whose end nobody knows.
//!
//! A call is registered before it is sent. If its client goes away, or is told that the outcome is
//! unknown, the next identical request within [`KEPT_FOR`] meets the call here instead of paying
//! again:
//!
//! ```text
//!            client gone                 finished
//! Watched ───────────────▶ Abandoned ───────────────▶ Kept ──▶ taken, once
//!    │ finished                │ unknown
//!    ▼                         ▼
//! delivered, forgotten      Unknown ──▶ told again, nothing sent
//! ```
//!
//! **Invariant:** an answer leaves this room at most once, and one that was delivered is never here.

mod kept;
mod registry;
#[cfg(test)]
mod tests;

pub use kept::{KeptAnswer, Recalled};
pub use registry::{Answers, KEPT_FOR};
