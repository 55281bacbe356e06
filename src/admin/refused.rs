//! Refusals of the control plane: what whoever asks reads, and what only the record learns.

use super::{caller::Caller, note::RefusalNote, problem::Problem};
use crate::{
    domain::{ErrorCode, Principal, Role},
    operators::OperatorRefusal,
};
use std::time::Duration;

/// A request that is refused for who makes it.
#[derive(Debug)]
pub(super) struct AdminRejection {
    problem: Box<Problem>,
    note: RefusalNote,
}

impl From<AdminRejection> for Problem {
    fn from(refused: AdminRejection) -> Self {
        Self { note: Some(Box::new(refused.note)), ..*refused.problem }
    }
}

impl AdminRejection {
    fn new(problem: Problem, code: ErrorCode, reason: impl Into<Box<str>>) -> Self {
        let note = RefusalNote { code, reason: reason.into(), by: None };
        Self { problem: Box::new(problem), note }
    }

    fn by(mut self, by: Option<Principal>) -> Self {
        self.note.by = by;
        self
    }

    /// Nobody is an operator yet.
    pub(super) fn nobody() -> Self {
        let code = ErrorCode::OperatorsMissing;
        Self::new(Problem::operators_missing(), code, "there are no operators")
    }

    /// No operator token was presented.
    pub(super) fn missing(reason: &'static str) -> Self {
        let code = ErrorCode::OperatorTokenMissing;
        Self::new(Problem::operator_token_missing(), code, reason)
    }

    /// What was presented opens nothing.
    pub(super) fn invalid(refusal: &OperatorRefusal) -> Self {
        let code = ErrorCode::OperatorTokenInvalid;
        let by = refusal.operator().map(|operator| operator.principal());
        Self::new(Problem::operator_token_invalid(), code, why(refusal)).by(by)
    }

    /// What was presented opens nothing, and too many attempts from there failed before.
    pub(super) fn too_many(refusal: &OperatorRefusal, retry_after: Duration) -> Self {
        let code = ErrorCode::TooManyAttempts;
        let reason = format!("too many failed attempts; {}", why(refusal));
        Self::new(Problem::too_many_attempts(retry_after), code, reason)
    }

    /// Their role is too small.
    pub(super) fn role(least: Role, known: &Caller) -> Self {
        let id = known.pass.as_ref().map_or_else(String::new, |pass| format!(" {}", pass.id));
        let reason = format!("the operator{id} is {}, and {least} is needed", known.role);
        let problem = Problem::role_missing(least, known.role);
        Self::new(problem, ErrorCode::RoleMissing, reason)
    }

    /// A page of another origin asks for a change.
    pub(super) fn origin() -> Self {
        let code = ErrorCode::OriginDenied;
        Self::new(Problem::origin_denied(), code, "a page of another origin asked for a change")
    }
}

fn why(refusal: &OperatorRefusal) -> String {
    match refusal.operator() {
        Some(operator) => format!("{}: {}", refusal.reason(), operator.id),
        None => refusal.reason().to_owned(),
    }
}
