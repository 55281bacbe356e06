//! Access reviews: who can do more than they do, and what would take it away.
//!
//! ```text
//! record, tokens, settings ──gather──▶ Facts ──judge──▶ Findings
//! ```
//!
//! [`Facts::gather`] reads, [`judge`] only thinks: the same facts always make the same findings. What
//! kinds there are is told at [`FindingKind`].

mod budgets;
mod case;
mod command;
mod environments;
mod facts;
mod finding;
mod gather;
mod judge;
mod keys;
mod lifetime;
mod routes;
mod scopes;

#[cfg(test)]
mod tests;

pub use facts::{Facts, KeyFacts, OldSecret, RefusedRoute, TokenFacts, UsedRoute};
pub use finding::{Evidence, Finding, FindingKind, FindingSubject, Severity};
pub use gather::Sources;
pub use judge::judge;
