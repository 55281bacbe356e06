//! Polls: whose generation is asked for.

use super::{context::CallContext, rejection::Rejection};
use crate::{
    calls::GenerationAccess,
    domain::{ErrorCode, GenerationId, Scope},
    web::{self, ClientError},
};

/// A generation that the token may see.
#[derive(Debug)]
pub(super) struct Polled {
    pub(super) id: GenerationId,
    access: GenerationAccess,
}

impl Polled {
    /// Says whether the token made it itself.
    pub(super) fn is_own(&self) -> bool {
        self.access == GenerationAccess::Own
    }
}

impl CallContext {
    /// Returns the generation a polling route asks for, if the token may see it. Without
    /// `read:generations` it may see what it made itself, and nothing else on such a route.
    pub(super) async fn polled_generation(&self) -> Result<Option<Polled>, Rejection> {
        if self.route.scope != Some(Scope::ReadGenerations) {
            return Ok(None);
        }
        let sees_owners = self.token.scopes.allows(Scope::ReadGenerations)
            && self.environment.scopes.allows(Scope::ReadGenerations);
        if !sees_owners && !self.route.is_polling() {
            return Err(Rejection::with(ClientError::scope_missing(Scope::ReadGenerations)));
        }
        let parameters = self.route.path.matches(self.request.uri.path()).unwrap_or_default();
        let Some((_, id)) = parameters.into_iter().next() else { return Ok(None) };
        let id = GenerationId::new(id);
        let access = self.gateway.calls.generation_access(&self.token, &id).await;
        match access.map_err(|error| Rejection::store(&error))? {
            GenerationAccess::Owners if !sees_owners => Err(self.not_its_own(&id)),
            GenerationAccess::Unknown => Err(self.not_its_own(&id)),
            access => Ok(Some(Polled { id, access })),
        }
    }

    /// Whoever guesses uses up the token's rate.
    fn not_its_own(&self, id: &GenerationId) -> Rejection {
        if let Err(limited) = self.count() {
            return limited;
        }
        let message =
            format!("no generation {} of this token or its owner", web::abbreviate(id.as_str()));
        // What was asked for may be anything, and the record is for ever.
        Rejection::new(ErrorCode::GenerationUnknown, message).because("no such generation")
    }
}
