//! Tokens: the narrower of what is there and what a record says, and never more.

use super::{
    effects::RecordEffects,
    replayed::{HeldToken, Replayed},
    since_backup::SinceBackup,
};
use crate::{
    domain::{
        AdminChange, Effect, StoredToken, Timestamp, Token, TokenId, TokenSecret, TokenState,
    },
    store::SealedRecord,
    tokens::{narrower, wider, worse},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// What a record says of a secret.
#[derive(Debug, Deserialize)]
struct SecretTold {
    number: u32,
    ends_at: Option<Timestamp>,
}

/// Returns what a change of a token leads to; `None` where it cannot be understood.
pub(super) fn changed(
    sealed: &SealedRecord,
    change: &AdminChange,
    kept: &mut Replayed,
) -> Option<RecordEffects> {
    let after: Token = serde_json::from_value(change.after.clone()).ok()?;
    if *after.id.as_str() != *sealed.record.resource {
        return None;
    }
    let told = match &change.after["secrets"] {
        Value::Null => None,
        told => Some(serde_json::from_value::<Vec<SecretTold>>(told.clone()).ok()?),
    };
    let id = after.id.clone();
    let held = kept.tokens.entry(id.clone()).or_insert_with(|| made_later(&after));
    held.token.now = narrower(&held.token.now, &after);
    let mut effects =
        vec![Effect::SaveToken(Box::new(StoredToken { token: held.token.now.clone() }))];
    let mut is_lacking = held.secrets.is_empty();
    if let Some(told) = told {
        effects.extend(end_secrets(held, &id, &told, sealed.record.at));
        is_lacking = lacks_a_secret(held, &told, sealed.record.at);
    }
    let fields = given(&held.token.now, &after, is_lacking);
    held.token.withhold(fields, (sealed.seq, &sealed.record.action));
    Some(RecordEffects::of(effects))
}

/// Returns what forgetting a token leads to. One that is not there is forgotten already.
pub(super) fn pruned(sealed: &SealedRecord, kept: &mut Replayed) -> RecordEffects {
    let id = TokenId::from_stored(sealed.record.resource.clone());
    if kept.tokens.remove(&id).is_none() {
        return RecordEffects::default();
    }
    RecordEffects::of(vec![Effect::PruneTokens(vec![id], sealed.record.at)])
}

/// A token of which the backup knows nothing is there again, so that its name, its money and its history are
/// its own. It opens nothing: its secret is on no record.
fn made_later(after: &Token) -> HeldToken {
    let state = worse(after.state, TokenState::Disabled);
    let token = Token { state, extra: None, ..after.clone() };
    HeldToken { token: SinceBackup::made_later(token), secrets: Vec::new(), ended: BTreeSet::new() }
}

/// Ends secrets when the record says that they end, and those at once that it does not know any more.
fn end_secrets(
    held: &mut HeldToken,
    id: &TokenId,
    told: &[SecretTold],
    at: Timestamp,
) -> Vec<Effect> {
    let mut effects = Vec::new();
    for secret in &mut held.secrets {
        let end = match told.iter().find(|told| told.number == secret.number) {
            Some(told) => told.ends_at,
            None => Some(at),
        };
        let Some(end) = end.filter(|end| secret.ends_at.is_none_or(|own| *end < own)) else {
            continue;
        };
        *secret = TokenSecret { ends_at: Some(end), ..*secret };
        held.ended.insert(secret.number);
        effects.push(Effect::SaveSecret(id.clone(), Box::new(*secret)));
    }
    effects
}

/// Says whether somebody holds a secret of the token whose digest is not here.
fn lacks_a_secret(held: &HeldToken, told: &[SecretTold], at: Timestamp) -> bool {
    let is_here = |number| held.secrets.iter().any(|own| own.number == number);
    let is_alive = |told: &SecretTold| told.ends_at.is_none_or(|end| end > at);
    told.iter().any(|told| is_alive(told) && !is_here(told.number))
}

/// Returns what the record says the token has, and it has not.
fn given(now: &Token, after: &Token, lacks_a_secret: bool) -> Vec<Box<str>> {
    if after.state == TokenState::Revoked {
        return Vec::new();
    }
    let mut fields: Vec<Box<str>> = wider(now, after).into_iter().map(|gain| gain.field).collect();
    fields.dedup();
    let is_off = after.state == TokenState::Enabled && now.state != TokenState::Enabled;
    let others =
        [("owner", now.owner != after.owner), ("secret", lacks_a_secret), ("state", is_off)];
    fields.extend(others.into_iter().filter(|(_, is_so)| *is_so).map(|(field, _)| field.into()));
    fields
}
