//! What somebody was let in with.

use crate::domain::{Operator, OperatorId, Role, Timestamp};

/// What somebody was let in as: whoever stays long is held against it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The operator.
    pub id: OperatorId,
    /// The role they had.
    pub role: Role,
    /// When the secret that they presented was made.
    pub secret_made_at: Timestamp,
}

impl Pass {
    /// Returns the pass of an operator who is let in now.
    pub fn new(operator: &Operator) -> Self {
        Self {
            id: operator.id.clone(),
            role: operator.role,
            secret_made_at: operator.secret_made_at,
        }
    }
}
