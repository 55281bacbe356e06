//! Where everybody who asks for something is known, or turned away.

use super::{
    caller::Caller, cut_off::cut_off, peer::AdminPeer, problem::Problem, refused::AdminRejection,
    state::AdminState,
};
use crate::{domain::SecretKind, operators::OperatorRefusal, rate_limit::NotLetIn};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header::AUTHORIZATION};
use std::{net::IpAddr, sync::Arc};

/// Where apps put their tokens; operators never do.
const API_KEY: &str = "api-key";

/// What the gate looks at.
#[derive(Debug, Clone)]
pub(super) struct AccessCheck {
    pub(super) state: AdminState,
    /// The paths that anybody may ask for who can reach the listener.
    pub(super) open: Arc<[&'static str]>,
}

/// Lets whoever is known pass, and turns everybody else away, whatever the path, so that nothing can
/// be learned from the refusal.
pub(super) async fn known_only(
    State(gate): State<AccessCheck>,
    mut request: Request,
    next: Next,
) -> Response {
    if gate.open.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let Some(peer) = request.extensions().get::<AdminPeer>().copied() else {
        // A fault of the wiring is nobody's way in.
        return Problem::operators_missing().into_response();
    };
    match gate.identify(peer, request.headers()) {
        Ok(known) => {
            request.extensions_mut().insert(known.clone());
            let mut response = next.run(request).await;
            // The record tells who was refused.
            response.extensions_mut().insert(known.clone());
            cut_off(response, known.pass, &gate.state.operators)
        }
        Err(refused) => Problem::from(refused).into_response(),
    }
}

impl AccessCheck {
    fn identify(&self, peer: AdminPeer, headers: &HeaderMap) -> Result<Caller, AdminRejection> {
        match peer {
            AdminPeer::Unix { uid } => Ok(Caller::local(uid)),
            AdminPeer::Tcp { .. } if !self.state.operators.any() => Err(AdminRejection::nobody()),
            // By the peer's own address: whoever guesses would write another `X-Forwarded-For` each time. And what is
            // missing leaves by the `?` before it counts, for nothing was guessed.
            AdminPeer::Tcp { .. } => self.by_token(peer.ip(), presented(headers)?),
        }
    }

    fn by_token(
        &self,
        from: IpAddr,
        presented: PresentedCredential<'_>,
    ) -> Result<Caller, AdminRejection> {
        let test = || match presented {
            PresentedCredential::One(token) => self.state.operators.authenticate(token),
            PresentedCredential::Several => Err(OperatorRefusal::Malformed),
        };
        match self.state.attempts.make(from, test) {
            Ok(operator) => Ok(Caller::operator(&operator)),
            Err(NotLetIn::TooMany(refusal, after)) => {
                Err(AdminRejection::too_many(&refusal, after))
            }
            Err(NotLetIn::Failed(refusal)) => Err(AdminRejection::invalid(&refusal)),
        }
    }
}

/// What stands in `Authorization`.
#[derive(Clone, Copy)]
enum PresentedCredential<'h> {
    One(&'h str),
    /// Which of them is meant is not for us to guess.
    Several,
}

/// Returns what was presented as `Authorization: Bearer`, the only place where it is looked for.
fn presented(headers: &HeaderMap) -> Result<PresentedCredential<'_>, AdminRejection> {
    let mut fields = headers.get_all(AUTHORIZATION).iter();
    let Some(field) = fields.next() else {
        return Err(AdminRejection::missing(elsewhere(headers)));
    };
    if fields.next().is_some() {
        return Ok(PresentedCredential::Several);
    }
    let bearer = field.to_str().ok().and_then(|text| text.split_once(' '));
    match bearer {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(PresentedCredential::One(token.trim()))
        }
        _ => Err(AdminRejection::missing("no bearer token in Authorization")),
    }
}

/// Returns what the record says of a request without `Authorization`.
fn elsewhere(headers: &HeaderMap) -> &'static str {
    let key = headers.get(API_KEY).and_then(|value| value.to_str().ok());
    match key.map(|text| SecretKind::claimed_by(text.trim())) {
        None => "no token",
        Some(Some(SecretKind::Client)) => "a client's token was presented to the control plane",
        Some(Some(SecretKind::Operator)) => "an operator token was presented as Api-Key",
        Some(None) => "something was presented as Api-Key",
    }
}
