//! Who asks for a change of a token, and how much they may do.

use crate::domain::{Actor, Principal, Role};

/// Whoever asks for a change, with the role they have. It gives no right to make the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// Who asks, as the record tells of them.
    pub by: Actor,
    /// How much they may do.
    pub role: Role,
}

impl From<&Principal> for Mandate {
    /// Whoever can open the socket may do everything, and so may the gateway itself. Of all others nothing is
    /// known here, so they have the least role.
    fn from(principal: &Principal) -> Self {
        let role = match principal {
            Principal::LocalUser(_) | Principal::Gateway => Role::Admin,
            Principal::Token(_)
            | Principal::Anonymous(_)
            | Principal::Somewhere(_)
            | Principal::Operator(..) => Role::Viewer,
        };
        Self { by: principal.into(), role }
    }
}
