//! Which tokens are listed.

use crate::{
    admin::{problem::Problem, span::mistake, state::AdminState},
    domain::{EnvironmentName, Timestamp, Token},
    tokens::RequestError,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::IntoParams;

/// The words for how a token is.
const STATES: [&str; 4] = ["enabled", "disabled", "revoked", "expired"];
/// Those of tokens that have ended.
const ENDED: [&str; 2] = ["revoked", "expired"];

/// Which tokens are listed; what is absent does not narrow it, but what has ended is listed only where it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TokenSearch {
    /// The environment, also one that is no longer set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How it is: `enabled`, `disabled`, `revoked` or `expired`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Those that were not used for so long, as in `30d`; one that never was counts from when it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unused_for: Option<String>,
    /// Those that have ended, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
}

/// A search that makes sense.
#[derive(Debug)]
pub(super) struct TokenFilter {
    environment: Option<EnvironmentName>,
    owner: Option<String>,
    state: Option<String>,
    /// Tokens that were used later are not among them.
    pub(super) unused_since: Option<Timestamp>,
    all: bool,
    now: Timestamp,
}

impl TokenFilter {
    /// Reads a search, or tells all that is wrong with it.
    pub(super) async fn read(state: &AdminState, asked: TokenSearch) -> Result<Self, Problem> {
        let (now, mut mistakes) = (state.clock.now(), Vec::new());
        let environment = state.environment(asked.environment.as_deref(), &mut mistakes).await?;
        let of_state = asked.state.filter(|word| known_state(word, &mut mistakes));
        let unused = asked.unused_for.as_deref().and_then(|text| span(text, &mut mistakes));
        if !mistakes.is_empty() {
            return Err(Problem::invalid(mistakes));
        }
        let unused_since = unused.map(|span| now.minus(span));
        let TokenSearch { owner, all, .. } = asked;
        Ok(Self { environment, owner, state: of_state, unused_since, all, now })
    }

    /// Says whether a token is asked for, whenever it was used.
    pub(super) fn takes(&self, token: &Token) -> bool {
        let word = token.state.word_at(self.now, token.expires_at);
        let is_shown = match self.state.as_deref() {
            Some(asked) => asked == word,
            None => self.all || !ENDED.contains(&word),
        };
        is_shown
            && self.environment.as_ref().is_none_or(|name| token.environment == *name)
            && self.owner.as_deref().is_none_or(|owner| token.owner.as_deref() == Some(owner))
    }
}

fn known_state(word: &str, mistakes: &mut Vec<RequestError>) -> bool {
    let is_known = STATES.contains(&word);
    if !is_known {
        let problem = format!("'{word}' is none of {}", STATES.join(", "));
        mistakes.push(mistake("state", &problem));
    }
    is_known
}

fn span(text: &str, mistakes: &mut Vec<RequestError>) -> Option<Duration> {
    let read = humantime::parse_duration(text).ok().filter(|span| !span.is_zero());
    if read.is_none() {
        let problem = format!("'{text}' is not a duration like 12h or 30d");
        mistakes.push(mistake("unused_for", &problem));
    }
    read
}
