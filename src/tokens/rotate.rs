//! Another secret for the same token: both work for a while, and never more than two.

use super::{
    change::{TokenChange, TokenWriter, as_json, find_not_revoked},
    error::TokensError,
    known_token::KnownToken,
    mandate::Mandate,
    mistakes::RequestErrors,
    plain::PlainToken,
    production::may_give,
    request_error::RequestError,
    secret::{KeptSecret, SecretStanding},
    service::Tokens,
    validate::life,
    wider::wider,
};
use crate::domain::{Action, Actor, Bundle, Effect, Timestamp, Token, TokenId, TokenSecret};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use utoipa::ToSchema;

/// How long the old secret works if nobody says.
const USUAL_GRACE: Duration = Duration::from_hours(24);
/// The longest grace: who needs longer has no rotation but two secrets.
const LONGEST_GRACE: Duration = Duration::from_hours(30 * 24);
/// How long an ended secret is told apart from an unknown one.
const KEPT_AFTER_END: Duration = Duration::from_hours(30 * 24);
/// How many secrets of a token open the door at once, at most.
const MOST_ALIVE: usize = 2;

/// What an operator asks for when a token gets another secret; all of it may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"grace": "24h"}))]
pub struct RotationRequest {
    /// How long the old secret goes on working, as in `24h`, which is the default; at most `30d`.
    /// `0s` ends it at once, also for calls that wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace: Option<String>,
    /// Which secret to end now when two are alive already. `old` with one alive ends that one now,
    /// whatever the usual grace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop: Option<DropNow>,
    /// How long the token lives from now on, as in `30d`; unchanged if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<String>,
    /// Whether `expires_in` may end the token earlier than before; otherwise that is refused.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shorten: bool,
}

/// Which of two secrets to end now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DropNow {
    /// The older one, whose end is near anyway.
    Old,
    /// The newer one, which was lost before anybody got it.
    New,
}

/// What came of a rotation.
#[derive(Debug)]
pub struct Rotated {
    /// The new secret, seen this once.
    pub plain: PlainToken,
    /// The token as it is now.
    pub token: Arc<Token>,
    /// All its secrets by number; the new one is the last.
    pub secrets: Vec<SecretStanding>,
}

/// A rotation that makes sense, whatever the token.
#[derive(Debug, Clone, Copy)]
struct RotationPlan {
    /// `None` when nobody said.
    grace: Option<Duration>,
    drop: Option<DropNow>,
    expires_in: Option<Duration>,
    shorten: bool,
}

impl Tokens {
    /// Gives a token another secret. Both work until the grace is over; budget, limits and history
    /// stay with the token. It is on record and in force when this returns.
    pub async fn rotate(
        &self,
        id: &TokenId,
        asked: &RotationRequest,
        by: impl Into<Mandate>,
    ) -> Result<Rotated, TokensError> {
        let way = plan(asked).map_err(TokensError::Invalid)?;
        // Outside the turn, which others wait for: the environment of a token never changes.
        let plain = PlainToken::mint(&self.show(id)?.environment)?;
        let (own, mandate, digest) = (id.clone(), by.into(), plain.digest());
        let settings = self.settings.clone();
        let token = self
            .change(move |writer| async move {
                let old = changeable(&writer, &own)?;
                let (now, known) = (writer.now(), old.facts());
                let expires_at = way.expires_at(&old.token, now)?;
                let mut changed = ended(&known, way, now, expires_at)
                    .map_err(|refused| refused.into_error(&own, &known, now))?;
                // No number comes twice, as the record knows secrets by it: the newest has no end
                // while its token lives, and so is never forgotten.
                let number = known.last().map_or(0, |secret| secret.number) + 1;
                changed.push(TokenSecret { number, digest, made_at: now, ends_at: None });
                let token = Token { expires_at, ..(*old.token).clone() };
                may_give(
                    &mandate,
                    &token.environment,
                    &settings.now(),
                    &wider(&old.token, &token),
                )?;
                change_secrets(writer, mandate.by, &old, token, changed).await
            })
            .await?;
        Ok(Rotated { plain, secrets: self.secrets(id), token })
    }

    /// Ends all secrets of a token but the newest, now and without making another.
    pub async fn finish_rotation(
        &self,
        id: &TokenId,
        by: impl Into<Actor>,
    ) -> Result<Arc<Token>, TokensError> {
        let (id, by) = (id.clone(), by.into());
        self.change(move |writer| async move {
            let old = changeable(&writer, &id)?;
            let (now, token) = (writer.now(), Arc::clone(&old.token));
            let alive = alive(old.facts().into_iter(), now);
            let [older @ .., _newest] = alive.as_slice() else { return Ok(token) };
            if older.is_empty() {
                return Ok(token);
            }
            let changed = older.iter().map(|secret| end(*secret, now)).collect();
            change_secrets(writer, by, &old, (*token).clone(), changed).await
        })
        .await
    }

    /// Returns all secrets of a token by number, those that ended lately too.
    pub fn secrets(&self, id: &TokenId) -> Vec<SecretStanding> {
        let known = self.registry.find(id);
        known.iter().flat_map(|known| &known.secrets).map(KeptSecret::standing).collect()
    }

    /// Forgets secrets that ended long ago; to be called now and then.
    pub async fn forget_ended(&self) {
        let until = self.registry.now().minus(KEPT_AFTER_END);
        // Asked before a turn is taken: mostly there is nothing to forget, and changes would wait
        // for that.
        if !self.registry.snapshot().all().any(|known| known.has_ended(until)) {
            return;
        }
        let forgetting = self.registry.change("token.forget", move |writer| async move {
            let ended: Vec<_> = writer
                .snapshot()
                .all()
                .filter(|known| known.has_ended(until))
                .map(|known| known.without_ended(until))
                .collect();
            // That they ended is on record already.
            writer.commit(Bundle::default().with(Effect::ForgetSecrets(until)), ended).await
        });
        if let Ok(Err(error)) = forgetting.await {
            tracing::warn!(%error, "ended secrets could not be forgotten; trying again later");
        }
    }
}

/// Returns the token if it may still be given secrets.
fn changeable(writer: &TokenWriter, id: &TokenId) -> Result<Arc<KnownToken>, TokensError> {
    let known = find_not_revoked(writer, id)?;
    if known.token.expires_at <= writer.now() {
        return Err(TokensError::Expired(id.clone()));
    }
    Ok(known)
}

async fn change_secrets(
    writer: TokenWriter,
    by: Actor,
    old: &KnownToken,
    token: Token,
    secrets: Vec<TokenSecret>,
) -> Result<Arc<Token>, TokensError> {
    let token = Arc::new(token);
    let now = old.changed(Arc::clone(&token), &secrets);
    let before = with_secrets(&old.token, &old.facts());
    let after = with_secrets(&token, &now.facts());
    let action = Action::TokenRotate;
    TokenChange { action, by, before, after, token, secrets }.commit(writer).await
}

fn plan(asked: &RotationRequest) -> Result<RotationPlan, Vec<RequestError>> {
    let mut mistakes = RequestErrors::default();
    // Not read as other durations: `0s` is a grace here, for a secret that leaked.
    let grace = match asked.grace.as_deref().map(humantime::parse_duration) {
        None => None,
        Some(Ok(grace)) if grace <= LONGEST_GRACE => Some(grace),
        Some(Ok(_)) => {
            mistakes.note("grace", "is 30 days at most");
            None
        }
        Some(Err(_)) => {
            let text = asked.grace.as_deref().unwrap_or_default();
            mistakes.note("grace", format_args!("'{text}' is not a duration like 24h, 7d or 0s"));
            None
        }
    };
    let expires_in = life(&mut mistakes, asked.expires_in.as_ref());
    mistakes.into_result(Some(RotationPlan {
        grace,
        drop: asked.drop,
        expires_in,
        shorten: asked.shorten,
    }))
}

impl RotationPlan {
    /// Returns when the token ends from now on; never earlier than before unless that was said.
    fn expires_at(self, old: &Token, now: Timestamp) -> Result<Timestamp, TokensError> {
        let Some(expires_in) = self.expires_in else { return Ok(old.expires_at) };
        let expires_at = now.plus(expires_in);
        if expires_at >= old.expires_at || self.shorten {
            return Ok(expires_at);
        }
        let problem = format!(
            "the token would end earlier than before, which is at {}: leave it out, or say that it \
             shall (shorten)",
            old.expires_at
        );
        Err(TokensError::Invalid(vec![RequestError {
            field: "expires_in".into(),
            problem: problem.into(),
        }]))
    }
}

/// Why a secret cannot be added.
enum RotationRefusal {
    TwoAlive,
    NothingNewer,
    NothingStays,
}

impl RotationRefusal {
    fn into_error(self, id: &TokenId, known: &[TokenSecret], now: Timestamp) -> TokensError {
        let (field, problem) = match (self, alive(known.iter().copied(), now).as_slice()) {
            (Self::TwoAlive, [older, newer, ..]) => {
                return TokensError::TwoSecretsAlive {
                    id: id.clone(),
                    older: older.number,
                    ends_at: older.ends_at.unwrap_or(now),
                    newer: newer.number,
                    made_at: newer.made_at,
                };
            }
            (Self::NothingStays, _) => (
                "grace",
                "only one secret is alive, and drop ends it at once: leave one of the two out",
            ),
            _ => (
                "drop",
                "there is no newer secret to drop, only one is alive; a grace of 0s ends it",
            ),
        };
        TokensError::Invalid(vec![RequestError { field: field.into(), problem: problem.into() }])
    }
}

/// Returns the secrets that get another end, so that one is left beside the new one at most.
fn ended(
    known: &[TokenSecret],
    plan: RotationPlan,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Vec<TokenSecret>, RotationRefusal> {
    let alive = alive(known.iter().copied(), now);
    let stays = match (alive.len() < MOST_ALIVE, plan.drop) {
        (true, Some(DropNow::New)) => return Err(RotationRefusal::NothingNewer),
        (false, None) => return Err(RotationRefusal::TwoAlive),
        (false, Some(DropNow::New)) => alive.first(),
        // Whoever drops a secret means the one that is there: it may have leaked.
        (true, Some(DropNow::Old)) if plan.grace.is_some_and(|grace| !grace.is_zero()) => {
            return Err(RotationRefusal::NothingStays);
        }
        (true, Some(DropNow::Old)) => None,
        (false, Some(DropNow::Old)) | (true, None) => alive.last(),
    };
    let grace_ends = now.plus(plan.grace.unwrap_or(USUAL_GRACE)).min(expires_at);
    let end_of = |secret: &TokenSecret| match stays {
        Some(stays) if stays.number == secret.number => end(*secret, grace_ends),
        _ => end(*secret, now),
    };
    Ok(alive.iter().map(end_of).collect())
}

fn alive(secrets: impl Iterator<Item = TokenSecret>, now: Timestamp) -> Vec<TokenSecret> {
    secrets.filter(|secret| secret.is_alive(now)).collect()
}

fn end(secret: TokenSecret, at: Timestamp) -> TokenSecret {
    TokenSecret { ends_at: Some(at), ..secret }
}

/// Returns a token for the record, with numbers and times of its secrets and nothing else of them.
fn with_secrets(token: &Token, secrets: &[TokenSecret]) -> Value {
    let shown = |secret: &TokenSecret| json!({"number": secret.number, "made_at": secret.made_at, "ends_at": secret.ends_at});
    let mut value = as_json(token);
    if let Value::Object(fields) = &mut value {
        fields.insert("secrets".to_owned(), secrets.iter().map(shown).collect());
    }
    value
}
