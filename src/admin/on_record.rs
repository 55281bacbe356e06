//! The one place from which refusals of the control plane go on record.

use super::{caller::Caller, note::RefusalNote, peer::AdminPeer, state::AdminState};
use crate::domain::{Action, AuditRecord, Principal, RecordBody, Refusal, RequestId};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{Method, request::Parts};

/// What is on record of a request that was refused, whatever it asked for.
/// Puts each refusal on record, whoever made it, without waiting for the disk; floods are counted.
pub(super) async fn on_record(
    State(state): State<AdminState>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let asked = RefusedRequest::from_parts(&parts);
    let response = next.run(Request::from_parts(parts, body)).await;
    let told = response.extensions();
    if let Some(note) = told.get::<RefusalNote>() {
        let known = told.get::<Caller>().map(|known| &known.by);
        state.put_on_record(asked.refused(note, known, &state));
    }
    response
}

/// What the record says of a request.
struct RefusedRequest {
    peer: Option<AdminPeer>,
    request: Option<RequestId>,
    resource: Box<str>,
}

impl RefusedRequest {
    fn from_parts(parts: &Parts) -> Self {
        let (peer, request) = (parts.extensions.get().copied(), parts.extensions.get().cloned());
        Self { peer, request, resource: asked_for(parts) }
    }

    fn refused(
        self,
        note: &RefusalNote,
        known: Option<&Principal>,
        state: &AdminState,
    ) -> AuditRecord {
        let by = note.by.as_ref().or(known).cloned();
        let principal = by.or_else(|| self.peer.map(principal)).unwrap_or(Principal::Gateway);
        let refusal = Refusal {
            secret: None,
            user: None,
            owner: None,
            code: note.code,
            status: note.code.status(),
            reason: note.reason.clone(),
            token: None,
            environment: None,
            route: None,
            on_behalf_of: None,
            places: 0,
            queue_ms: 0,
            client_addr: self.peer.and_then(|peer| peer.origin().address()).unwrap_or_default(),
        };
        AuditRecord {
            at: state.clock.now(),
            action: Action::AdminRequest.into(),
            principal: principal.as_written(),
            resource: self.resource,
            call: None,
            request: self.request,
            body: RecordBody::Refusal(Box::new(refusal)),
        }
    }
}

impl AdminState {
    fn put_on_record(&self, refusal: AuditRecord) {
        if let Some(record) = self.refusals.observe(refusal)
            && let Err(not_appended) = self.journal.append(record, None)
        {
            self.refusals.count(&not_appended.0);
        }
    }
}

fn principal(peer: AdminPeer) -> Principal {
    match peer {
        AdminPeer::Unix { uid } => Principal::LocalUser(uid),
        AdminPeer::Tcp { .. } => Principal::Anonymous(peer.ip()),
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
