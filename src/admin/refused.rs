//! Refusals of the control plane, which go on record like those of the data plane.

use super::{known::Known, peer::Peer, problem::Problem, state::AdminState};
use crate::{
    domain::{AuditRecord, ErrorCode, Principal, RecordBody, Refusal, RequestId, Role},
    operators::OperatorRefusal,
};
use axum::extract::MatchedPath;
use http::{Method, request::Parts};
use std::time::Duration;

/// What is on record of a request that was refused, whatever it asked for.
const ACTION: &str = "admin.request";

/// A request that is refused: what whoever asks reads, and what only the record learns.
#[derive(Debug)]
pub(super) struct Refused {
    problem: Box<Problem>,
    code: ErrorCode,
    reason: Box<str>,
    /// Who is meant, where that is known.
    by: Option<Principal>,
}

impl Refused {
    fn new(problem: Problem, code: ErrorCode, reason: impl Into<Box<str>>) -> Self {
        Self { problem: Box::new(problem), code, reason: reason.into(), by: None }
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
        let reason = match refusal.operator() {
            Some(operator) => format!("{}: {}", refusal.reason(), operator.id),
            None => refusal.reason().to_owned(),
        };
        let by = refusal.operator().map(|operator| operator.principal());
        Self { by, ..Self::new(Problem::operator_token_invalid(), code, reason) }
    }

    /// Too many attempts from there failed.
    pub(super) fn too_many(retry_after: Duration) -> Self {
        let code = ErrorCode::TooManyAttempts;
        let reason = "too many failed attempts; nothing was looked at";
        Self::new(Problem::too_many_attempts(retry_after), code, reason)
    }

    /// Their role is too small.
    pub(super) fn role(least: Role, known: &Known) -> Self {
        let by = Some(known.by.clone());
        let id = known.pass.as_ref().map_or_else(String::new, |pass| format!(" {}", pass.id));
        let reason = format!("the operator{id} is {}, and {least} is needed", known.role);
        let problem = Problem::role_missing(least, known.role);
        Self { by, ..Self::new(problem, ErrorCode::RoleMissing, reason) }
    }

    /// A page of another origin asks for a change.
    pub(super) fn origin() -> Self {
        let code = ErrorCode::OriginDenied;
        Self::new(Problem::origin_denied(), code, "a page of another origin asked for a change")
    }
}

impl AdminState {
    /// Puts a refusal on record without waiting for the disk, floods counted, and returns what
    /// whoever asks reads.
    pub(super) fn refuse(&self, refused: Refused, parts: &Parts) -> Problem {
        let Refused { problem, code, reason, by } = refused;
        let peer = parts.extensions.get::<Peer>().copied();
        let principal = by.or_else(|| peer.map(principal)).unwrap_or(Principal::Gateway);
        let refusal = Refusal {
            secret: None,
            code,
            status: code.status(),
            reason,
            token: None,
            environment: None,
            route: None,
            on_behalf_of: None,
            places: 0,
            queue_ms: 0,
            client_addr: peer.map_or_else(String::new, address).into(),
        };
        let record = AuditRecord {
            at: self.clock.now(),
            action: ACTION.into(),
            principal: principal.as_written(),
            resource: asked_for(parts),
            call: None,
            request: parts.extensions.get::<RequestId>().cloned(),
            body: RecordBody::Refusal(Box::new(refusal)),
        };
        if let Some(record) = self.refusals.observe(record)
            && let Err(not_appended) = self.journal.append(record)
        {
            self.refusals.count(&not_appended.0);
        }
        *problem
    }
}

fn principal(peer: Peer) -> Principal {
    match peer {
        Peer::Unix { uid } => Principal::LocalUser(uid),
        Peer::Tcp { .. } => Principal::Anonymous(peer.ip()),
    }
}

fn address(peer: Peer) -> String {
    match peer {
        Peer::Unix { .. } => "socket".to_owned(),
        Peer::Tcp { .. } => peer.ip().to_string(),
    }
}

/// Returns what was asked for as the description names it: what else stands in a path or a method
/// may be anything, and the record is for ever.
fn asked_for(parts: &Parts) -> Box<str> {
    const METHODS: [Method; 6] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let path = parts.extensions.get::<MatchedPath>();
    match path {
        Some(path) if METHODS.contains(&parts.method) => {
            format!("{} {}", parts.method, path.as_str()).into()
        }
        _ => "unlisted".into(),
    }
}
