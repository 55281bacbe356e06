//! Money: what calls may spend, hold and have spent.
//!
//! ```text
//!            hold                  commit                 settle
//!  budget ───────────▶ held ───────────────▶ reserved ───────────────▶ charged
//!            402        │ dropped             │ unknown: stays reserved,
//!                       ▼                     │ charged after a day,
//!                     free                    ▼ or written off by an operator
//! ```
//!
//! A *hold* is in memory and ends with the call that made it. A *reservation* is the same amount, durable
//! with the intent. A *settlement* replaces it by what was charged. All three count against every budget
//! that covers the call: its token's, its environment's, its account's, of the UTC day and month in which
//! the call was opened.
//!
//! **Invariant:** charged plus reserved plus held never exceeds a budget at the moment a hold is made, so N
//! parallel calls against a budget for k let exactly k through.
//!
//! Beside the budgets it estimates what is left on an account that is paid in advance: the [`Balance`]
//! that an operator told, without what was charged since.
//!
//! At 80 % and at 100 % of a budget a [`Crossing`] is told, once in each of its days or months.

mod balance;
mod book;
mod budget;
mod covering;
mod hold;
mod in_force;
mod lines;
#[cfg(test)]
mod tests;
mod threshold;
mod window;

pub use balance::Balance;
pub use book::Ledger;
pub use budget::{Budget, BudgetExceeded, BudgetSubject, Budgets};
pub use hold::{Hold, HoldError, Reserved};
pub use in_force::limits_in_force;
pub use lines::{SubjectTotals, Tally};
pub use threshold::Crossing;
pub use window::{BudgetWindow, Period};
