//! Who makes a request, once that is known.

use crate::{
    domain::{Operator, Principal, Role},
    operators::Pass,
};

/// Somebody who may ask the control plane for something; each request of theirs carries it.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Who acts.
    pub(super) by: Principal,
    /// How much they may do.
    pub(super) role: Role,
    /// What they were let in with; `None` for local users, who cannot be shut out.
    pub(super) pass: Option<Pass>,
}

impl Caller {
    /// Returns a user of this machine, who could open the socket.
    pub(super) fn local(uid: u32) -> Self {
        Self { by: Principal::LocalUser(uid), role: Role::Admin, pass: None }
    }

    /// Returns an operator who is let in.
    pub(super) fn operator(operator: &Operator) -> Self {
        let pass = Some(Pass::new(operator));
        Self { by: operator.principal(), role: operator.role, pass }
    }
}
