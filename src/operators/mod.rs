//! Operators: who administers the gateway over the network, and what each may do.
//!
//! Like clients they hold a secret of which only a digest is kept, and like them they are found in a
//! snapshot in memory: a change is committed, then swapped in, then answered. Whoever may open the
//! admin socket needs none of this.

mod change;
mod error;
mod known_operator;
mod new_operator;
mod pass;
mod refusal;
mod service;
#[cfg(test)]
mod tests;

pub use error::OperatorsError;
pub use new_operator::{NewOperator, OperatorRequestError, OperatorRotation, RoleChange};
pub use pass::Pass;
pub use refusal::OperatorRefusal;
pub use service::Operators;
