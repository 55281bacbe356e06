//! First stage: whose request this is.

use super::{
    Gateway, credentials, incoming_request::IncomingRequest, misshapen::misshapen,
    rejection::Rejection,
};
use crate::{
    authorization::check_address,
    domain::{ErrorCode, SecretKind, Token},
    tokens::{PresentedSecret, PresentedToken},
    web::{self, ClientError},
};
use std::sync::Arc;

/// A request with a valid token.
#[derive(Debug)]
pub(super) struct KnownCall {
    pub(super) gateway: Gateway,
    pub(super) incoming: IncomingRequest,
    pub(super) token: Arc<Token>,
    pub(super) secret: PresentedSecret,
}

impl KnownCall {
    /// Returns the request if its token is valid here and now.
    pub(super) fn authenticate(
        gateway: &Gateway,
        incoming: IncomingRequest,
    ) -> Result<Self, Rejection> {
        let PresentedToken { token, secret } = token(gateway, &incoming)?;
        let call = Self { gateway: gateway.clone(), incoming, token, secret };
        call.note_end_user()?;
        Ok(call)
    }

    fn note_end_user(&self) -> Result<(), Rejection> {
        let Some(value) = self.incoming.headers.get(web::header::USER) else { return Ok(()) };
        let person = self.gateway.persons.assert(value.as_bytes()).map_err(|error| {
            let message = format!("Ideogate-User {error}");
            Rejection::new(ErrorCode::MalformedRequest, message).field("Ideogate-User")
        })?;
        self.incoming.request_context.person.set(person).ok();
        Ok(())
    }
}

/// Returns the token of a request if it is valid here, now, and for the client's address.
pub(super) fn token(
    gateway: &Gateway,
    incoming: &IncomingRequest,
) -> Result<PresentedToken, Rejection> {
    let presented = credentials::presented(&incoming.headers)?;
    if SecretKind::claimed_by(presented) == Some(SecretKind::Operator) {
        // Answered like any token that is not valid: that it was an operator's is for the record alone.
        let reason = "an operator's token was presented to the data plane";
        return Err(Rejection::with(ClientError::token_invalid()).because(reason));
    }
    let request_context = &incoming.request_context;
    let presented = gateway.tokens.authenticate(presented).map_err(|refusal| {
        let misshapen = misshapen(presented);
        // A known token that opens nothing is on record under its id: that tells who still uses it.
        if let Some(token) = refusal.token() {
            request_context.token.set(Arc::clone(token)).ok();
        }
        if let Some(secret) = refusal.secret() {
            request_context.secret.set(secret).ok();
        }
        let refused = Rejection::token(&refusal);
        match misshapen {
            Some(problem) => Rejection { problem: Box::new(problem), ..refused },
            None => refused,
        }
    })?;
    let PresentedToken { token, secret } = &presented;
    request_context.token.set(Arc::clone(token)).ok();
    request_context.secret.set(secret.number).ok();
    if let Some(retires_at) = secret.retires_at {
        // A request for a quote comes by here twice.
        if request_context.retires_at.set(retires_at).is_ok() {
            gateway.metrics.old_secret_used(&token.environment);
        }
    }
    let environment = incoming.settings.environments.get(&token.environment);
    check_address(token, environment.map(AsRef::as_ref), incoming.client)?;
    Ok(presented)
}

/// Only decides which scope is needed; inspection checks the spelling.
pub(super) fn asks_for_quote(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair == "dry_run=true"))
}
