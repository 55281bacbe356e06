//! A change of a token, from the decision to the record and the registry.

use super::{error::TokensError, known_token::KnownToken};
use crate::{
    domain::{
        Action, Actor, AuditRecord, Bundle, Effect, StoredToken, Token, TokenId, TokenSecret,
        TokenState,
    },
    registry::{Registry, RegistryWriter},
};
use serde_json::Value;
use std::sync::Arc;

/// The turn to change a token.
pub(super) type TokenWriter = RegistryWriter<KnownToken>;

/// A change that is decided and not yet on record.
pub(super) struct TokenChange {
    pub(super) action: Action,
    pub(super) by: Actor,
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) token: Arc<Token>,
    /// Secrets that are new or have another end.
    pub(super) secrets: Vec<TokenSecret>,
}

impl TokenChange {
    /// Returns a change of the token itself, which leaves its secrets as they are.
    pub(super) fn to(action: Action, by: Actor, old: &Token, token: Token) -> Self {
        let (before, after) = (as_json(old), as_json(&token));
        Self { action, by, before, after, token: Arc::new(token), secrets: Vec::new() }
    }

    /// Puts the change on record and in force.
    pub(super) async fn commit(self, writer: TokenWriter) -> Result<Arc<Token>, TokensError> {
        let Self { action, by, before, after, token, secrets } = self;
        let record =
            AuditRecord::change(writer.now(), by, action, token.id.as_str(), before, after);
        let stored = StoredToken { token: (*token).clone() };
        let mut bundle = Bundle::record(record).with(Effect::SaveToken(Box::new(stored)));
        for secret in &secrets {
            bundle = bundle.with(Effect::SaveSecret(token.id.clone(), Box::new(*secret)));
        }
        let known = match writer.find(&token.id) {
            Some(known) => known.changed(Arc::clone(&token), &secrets),
            None => KnownToken::new(Arc::clone(&token), &secrets),
        };
        writer.commit(bundle, [known]).await.map_err(TokensError::Journal)?;
        Ok(token)
    }
}

/// Returns a token with its secrets, usable or not.
pub(super) fn find(
    registry: &Registry<KnownToken>,
    id: &TokenId,
) -> Result<Arc<KnownToken>, TokensError> {
    registry.find(id).ok_or_else(|| TokensError::Unknown(id.clone()))
}

/// Returns a token that was not revoked, which would be final.
pub(super) fn find_not_revoked(
    registry: &Registry<KnownToken>,
    id: &TokenId,
) -> Result<Arc<KnownToken>, TokensError> {
    match find(registry, id)? {
        known if known.token.state == TokenState::Revoked => {
            Err(TokensError::RevokedIsFinal(id.clone()))
        }
        known => Ok(known),
    }
}

pub(super) fn as_json(token: &Token) -> Value {
    serde_json::to_value(token).unwrap_or(Value::Null)
}
