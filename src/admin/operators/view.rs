//! How operators see each other.

use crate::domain::{Operator, PlainSecret, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// An operator; their secret is not known any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorView {
    /// Names the operator for ever, `op_…`.
    pub id: String,
    /// What people call them.
    pub name: String,
    /// `viewer`, `operator` or `admin`.
    pub role: String,
    /// `enabled`, `disabled`, `revoked` or `expired`.
    pub state: String,
    /// When they were made an operator.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When their present secret was made.
    #[schema(value_type = String, format = DateTime)]
    pub secret_made_at: Timestamp,
    /// From when on their secret is refused.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// An operator's secret that was just made. This is the only time it is seen.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct NewSecret {
    /// Names the operator for ever, `op_…`.
    pub id: String,
    /// What people call them.
    pub name: String,
    /// `viewer`, `operator` or `admin`.
    pub role: String,
    /// The secret, `ido_…`: give it to the operator and nobody else.
    pub token: String,
    /// From when on it is refused.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl OperatorView {
    /// Returns the operator as they look at `now`.
    pub(super) fn at(operator: &Operator, now: Timestamp) -> Self {
        Self {
            id: operator.id.to_string(),
            name: operator.name.to_string(),
            role: operator.role.to_string(),
            state: operator.state.word_at(now, operator.expires_at).to_owned(),
            created_at: operator.created_at,
            secret_made_at: operator.secret_made_at,
            expires_at: operator.expires_at,
        }
    }
}

impl NewSecret {
    /// Returns a secret with whose it is.
    pub(super) fn new(plain: &PlainSecret, operator: &Operator) -> Self {
        Self {
            id: operator.id.to_string(),
            name: operator.name.to_string(),
            role: operator.role.to_string(),
            token: plain.reveal().to_owned(),
            expires_at: operator.expires_at,
        }
    }
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSecret").field("id", &self.id).finish_non_exhaustive()
    }
}
