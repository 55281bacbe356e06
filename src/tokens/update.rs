//! Changing a token that exists: both ways up to its environment's ceiling, or only down.

use super::{
    change::{TokenChange, find_not_revoked},
    error::TokensError,
    extra_today::extra_after,
    mandate::Mandate,
    mistakes::RequestErrors,
    production::{gain, may_give, needs_a_limit},
    request_error::RequestError,
    scopes_asked::scopes_after,
    service::Tokens,
    spending::has_own_budget,
    taken_names::TakenNames,
    token_update::TokenUpdate,
    validate::{LONGEST_NAME, life, metadata, names_no_open_set, stay_under},
    wider::wider,
};
use crate::{
    config::Settings,
    domain::{Action, Actor, Role, ScopeSet, Timestamp, Token, TokenId},
};
use std::{collections::BTreeMap, sync::Arc};

/// Which way a token may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// To more and to less.
    Both,
    /// To less alone.
    Narrower,
}

impl Direction {
    fn action(self) -> Action {
        match self {
            Self::Both => Action::TokenUpdate,
            Self::Narrower => Action::TokenReduce,
        }
    }
}

impl Tokens {
    /// Changes a token, up to the ceiling of its environment; in force here when this returns, also for calls
    /// that wait. An expired token lives again when it is given time, a revoked one never.
    pub async fn update(
        &self,
        id: &TokenId,
        asked: TokenUpdate,
        by: impl Into<Mandate>,
    ) -> Result<Arc<Token>, TokensError> {
        self.turn_into(id, asked, Direction::Both, by.into()).await
    }

    /// Takes rights away from a token; in force here when this returns, also for calls that wait.
    /// What would widen anything is refused.
    pub async fn reduce(
        &self,
        id: &TokenId,
        asked: TokenUpdate,
        by: impl Into<Actor>,
    ) -> Result<Arc<Token>, TokensError> {
        // Nothing is given, so it takes no more than to be let in.
        let mandate = Mandate { by: by.into(), role: Role::Viewer };
        self.turn_into(id, asked, Direction::Narrower, mandate).await
    }

    async fn turn_into(
        &self,
        id: &TokenId,
        asked: TokenUpdate,
        direction: Direction,
        mandate: Mandate,
    ) -> Result<Arc<Token>, TokensError> {
        let (settings, id) = (self.settings.clone(), id.clone());
        self.change(move |writer| async move {
            // Within the turn, which a reload waits for: what is decided here is decided by what is in force.
            let settings = settings.now();
            let old = Arc::clone(&find_not_revoked(&writer, &id)?.token);
            let (now, names) = (writer.now(), TakenNames::among(&writer.snapshot(), writer.now()));
            let token = updated(&old, &asked, direction, (&names, &settings), now)
                .map_err(TokensError::Invalid)?;
            if token == *old {
                return Ok(old);
            }
            may_give(&mandate, &token.environment, &settings, &gains(&old, &token))?;
            TokenChange::to(direction.action(), mandate.by, &old, token).commit(writer).await
        })
        .await
    }
}

/// Returns the token as it is asked for, or everything that is in the way.
pub(super) fn updated(
    old: &Token,
    asked: &TokenUpdate,
    direction: Direction,
    (names, settings): (&TakenNames, &Settings),
    now: Timestamp,
) -> Result<Token, Vec<RequestError>> {
    let mut mistakes = RequestErrors::default();
    if direction == Direction::Narrower {
        refuse_what_narrows_nothing(&mut mistakes, asked);
    }
    let mut token = Token {
        name: name(&mut mistakes, old, asked),
        owner: owner(&mut mistakes, old, asked),
        scopes: scopes_after(&mut mistakes, &old.scopes, asked),
        expires_at: life(&mut mistakes, asked.expires_in.as_ref())
            .map_or(old.expires_at, |span| now.plus(span)),
        limits: asked.limits.over(&old.limits, &mut mistakes),
        metadata: words(&mut mistakes, old, asked),
        ..old.clone()
    };
    token.extra = extra_after(&mut mistakes, old, asked, &token.limits, now);
    token.unlimited = (asked.no_budget || old.unlimited) && !has_own_budget(&token);
    let gains = wider(old, &token);
    match direction {
        Direction::Narrower => mistakes.add(gains),
        Direction::Both => stay_inside(&mut mistakes, old, &token, &gains, settings),
    }
    names.hold_against(&mut mistakes, Some(old), &token, now);
    limited_means_something(&mut mistakes, old, &token, settings);
    needs_a_limit(&mut mistakes, Some(old), &token, settings);
    mistakes.into_result(Some(token))
}

/// Returns what is more about a token than before; to be another owner's is more as well.
fn gains(old: &Token, new: &Token) -> Vec<RequestError> {
    let mut gains = wider(old, new);
    if old.owner != new.owner {
        gains.push(gain("owner", "it would share the generations of another owner"));
    }
    gains
}

fn refuse_what_narrows_nothing(mistakes: &mut RequestErrors, asked: &TokenUpdate) {
    let said = [
        ("name", asked.name.is_some()),
        ("owner", !asked.owner.is_unsaid()),
        ("metadata", !asked.metadata.is_empty()),
        ("add_scopes", !asked.add_scopes.is_empty()),
        ("extra_today", asked.extra_today.is_some()),
        ("no_budget", asked.no_budget),
    ];
    for (field, _) in said.into_iter().filter(|(_, is_said)| *is_said) {
        mistakes.note(field, "takes nothing away; that is for an update");
    }
}

fn name(mistakes: &mut RequestErrors, old: &Token, asked: &TokenUpdate) -> Box<str> {
    let Some(name) = &asked.name else { return old.name.clone() };
    mistakes.words("name", name, LONGEST_NAME);
    name.as_str().into()
}

fn owner(mistakes: &mut RequestErrors, old: &Token, asked: &TokenUpdate) -> Option<Box<str>> {
    asked.owner.over("owner", old.owner.clone(), mistakes, |mistakes, field, owner| {
        mistakes.words(field, owner, LONGEST_NAME);
        Some(owner.as_str().into())
    })
}

/// Returns the words of its makers; those that were not named stay.
fn words(
    mistakes: &mut RequestErrors,
    old: &Token,
    asked: &TokenUpdate,
) -> BTreeMap<String, String> {
    let mut all = old.metadata.clone();
    for (key, value) in &asked.metadata {
        match value {
            Some(value) => drop(all.insert(key.clone(), value.clone())),
            None => drop(all.remove(key)),
        }
    }
    if !asked.metadata.is_empty() {
        metadata(mistakes, &all);
    }
    all
}

/// More is given by environments that are there, and up to their ceilings. What the token had before
/// stays, even if a ceiling came down since: nothing else about it could be changed otherwise.
fn stay_inside(
    mistakes: &mut RequestErrors,
    old: &Token,
    new: &Token,
    gains: &[RequestError],
    settings: &Settings,
) {
    let name = &new.environment;
    match settings.environments.get(name) {
        Some(environment) => {
            let gained: ScopeSet = new.scopes.above(&old.scopes).into_iter().collect();
            stay_under(mistakes, &gained, name, environment);
        }
        None if gains.is_empty() => {}
        None => {
            let fields: Vec<_> = gains.iter().map(|gain| &*gain.field).collect();
            let fields = fields.join(", ");
            let problem =
                format_args!("'{name}' is not set any more, so nothing is given: {fields}");
            mistakes.note("environment", problem);
        }
    }
}

/// A limited set that the settings leave open would mean all.
fn limited_means_something(
    mistakes: &mut RequestErrors,
    old: &Token,
    new: &Token,
    settings: &Settings,
) {
    // Who has it already keeps it: the settings may have been opened since, and no other right
    // could be taken away then.
    let had: Vec<_> = old.scopes.grants().collect();
    let fresh = new.scopes.grants().filter(|grant| !had.contains(grant)).collect();
    if let Some(environment) = settings.environments.get(&new.environment) {
        names_no_open_set(mistakes, &fresh, &new.environment, environment);
    }
}
