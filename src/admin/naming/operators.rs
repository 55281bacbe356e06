//! Operators by their ids or names.

use super::candidates::{Candidate, pick};
use crate::{
    admin::{problem::Problem, state::AdminState},
    domain::{OperatorId, TokenState},
};

impl AdminState {
    /// Returns the id of the operator of that id, or of that name where it is unique.
    pub(in crate::admin) fn operator(&self, text: &str) -> Result<OperatorId, Problem> {
        let all = self.operators.list();
        let candidates: Vec<_> = all
            .iter()
            .map(|operator| Candidate {
                id: operator.id.as_str(),
                name: operator.name.as_str(),
                has_ended: operator.state == TokenState::Revoked,
            })
            .collect();
        pick("operator", text, &candidates).map(|at| all[at].id.clone())
    }
}
