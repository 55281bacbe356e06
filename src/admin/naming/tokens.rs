//! Tokens by their ids or names.

use super::candidates::{Candidate, pick};
use crate::{
    admin::{problem::Problem, span::mistake, state::AdminState},
    domain::{EnvironmentName, Timestamp, Token, TokenId, TokenState},
    store::Mention,
};
use std::sync::Arc;

/// How the id of a token begins.
const ID: &str = "tok_";

impl AdminState {
    /// Returns the token of that id, or of that name where it is unique.
    pub(in crate::admin) fn token(&self, text: &str) -> Result<Arc<Token>, Problem> {
        self.token_in(text, None)
    }

    /// Returns the id of a token that is or was, by its id or by its name where that is unique, also
    /// one that was forgotten since; in an environment, if one is named beside it.
    pub(in crate::admin) async fn token_on_record(
        &self,
        text: Option<&str>,
        environment: Option<&EnvironmentName>,
    ) -> Result<Option<TokenId>, Problem> {
        let Some(text) = text else { return Ok(None) };
        match self.token_in(text, environment) {
            Ok(token) => Ok(Some(token.id.clone())),
            Err(problem) if !text.starts_with(ID) && problem.status == 404 => {
                let name = text.to_owned();
                let pruned = self.on_record(move |reader| reader.pruned_tokens(&name)).await?;
                let is_inside = |of: &str| environment.is_none_or(|name| name.as_str() == of);
                let inside: Vec<_> = pruned.iter().filter(|(_, of)| is_inside(of)).collect();
                match inside.as_slice() {
                    [(id, _)] => Ok(Some(id.clone())),
                    _ => Err(problem),
                }
            }
            // By an id only: the record is looked through for ids, never for names.
            Err(problem) if text.starts_with(ID) && problem.status == 404 => {
                let (id, asked) = (TokenId::from_stored(text), TokenId::from_stored(text));
                let read = self.on_record(move |reader| reader.mentions(Mention::Token(&asked)));
                if read.await? { Ok(Some(id)) } else { Err(problem) }
            }
            Err(problem) => Err(problem),
        }
    }

    fn token_in(
        &self,
        text: &str,
        environment: Option<&EnvironmentName>,
    ) -> Result<Arc<Token>, Problem> {
        let (all, now) = (self.tokens.list(), self.clock.now());
        let is_inside =
            |token: &&Arc<Token>| environment.is_none_or(|name| token.environment == *name);
        let inside: Vec<_> = all.iter().filter(is_inside).collect();
        match picked(text, inside.iter().copied(), now) {
            Err(problem) if environment.is_some() => match picked(text, all.iter(), now) {
                Ok(token) => Err(elsewhere(token)),
                Err(_) => Err(problem),
            },
            found => found.cloned(),
        }
    }
}

fn picked<'t>(
    text: &str,
    tokens: impl Iterator<Item = &'t Arc<Token>> + Clone,
    now: Timestamp,
) -> Result<&'t Arc<Token>, Problem> {
    let tokens: Vec<_> = tokens.collect();
    let candidate = |token: &&'t Arc<Token>| Candidate {
        id: token.id.as_str(),
        name: &token.name,
        has_ended: token.state == TokenState::Revoked || token.expires_at <= now,
    };
    let candidates: Vec<_> = tokens.iter().map(candidate).collect();
    pick("token", text, &candidates).map(|at| tokens[at])
}

fn elsewhere(token: &Token) -> Problem {
    let Token { id, name, environment, .. } = token;
    let problem = format!("token {id} ({name}) belongs to environment '{environment}'");
    Problem::invalid(vec![mistake("token", &problem)])
}
