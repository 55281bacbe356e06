//! The names that tokens have, so that no two that live are called the same.

use super::{known_token::KnownToken, mistakes::RequestErrors};
use crate::{
    domain::{Timestamp, Token, TokenState},
    registry::RegistrySnapshot,
};
use std::sync::Arc;

/// The tokens whose names nobody else may have: those that have not ended. Doubles from before stay.
#[derive(Debug, Default)]
pub(super) struct TakenNames {
    holders: Vec<Arc<Token>>,
}

impl TakenNames {
    /// Returns the names of all tokens that have not ended.
    pub(super) fn among(all: &RegistrySnapshot<KnownToken>, now: Timestamp) -> Self {
        let tokens = all.all().map(|known| &known.token);
        let holders = tokens.filter(|token| !has_ended(token, now)).map(Arc::clone).collect();
        Self { holders }
    }

    /// Notes that a token would have the name of another of its environment, where it gets the name now or
    /// comes back with it.
    pub(super) fn hold_against(
        &self,
        mistakes: &mut RequestErrors,
        old: Option<&Token>,
        new: &Token,
        now: Timestamp,
    ) {
        let had_it = old.is_some_and(|old| old.name == new.name && !has_ended(old, now));
        if had_it || has_ended(new, now) {
            return;
        }
        let is_other = |holder: &&Arc<Token>| {
            holder.id != new.id && holder.environment == new.environment && holder.name == new.name
        };
        if let Some(holder) = self.holders.iter().find(is_other) {
            let problem = format_args!("'{}' is the name of {} already", new.name, holder.id);
            mistakes.note("name", problem);
        }
    }
}

fn has_ended(token: &Token, now: Timestamp) -> bool {
    token.state == TokenState::Revoked || token.expires_at <= now
}
