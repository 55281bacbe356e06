//! Operators: the smaller role, the worse state, and no secret that was replaced.

use super::{effects::RecordEffects, replayed::Replayed, since_backup::SinceBackup};
use crate::{
    domain::{Action, AdminChange, Effect, Operator, StoredOperator, TokenDigest, TokenState},
    store::SealedRecord,
    tokens::worse,
};

/// Returns what a change of an operator leads to; `None` where it cannot be understood.
pub(super) fn changed(
    sealed: &SealedRecord,
    change: &AdminChange,
    kept: &mut Replayed,
) -> Option<RecordEffects> {
    let after: Operator = serde_json::from_value(change.after.clone()).ok()?;
    if *after.id.as_str() != *sealed.record.resource {
        return None;
    }
    let is_new = !kept.operators.contains_key(&after.id);
    let held = kept.operators.entry(after.id.clone()).or_insert_with(|| made_later(&after));
    let is_replaced = is_new || *sealed.record.action == *Action::OperatorRotate.as_str();
    held.now = narrower(&held.now, &after);
    let is_lacking = is_replaced || held.now.secret_made_at != after.secret_made_at;
    held.now.secret_made_at = after.secret_made_at;
    let fields = given(&held.now, &after, is_lacking || held.lacks("secret"));
    held.withhold(fields, (sealed.seq, &sealed.record.action));
    let stored = StoredOperator {
        operator: held.now.clone(),
        digest: is_lacking.then(|| opens_nothing(sealed)),
    };
    Some(RecordEffects::of(vec![Effect::SaveOperator(Box::new(stored))]))
}

/// An operator of whom the backup knows nothing keeps their name from others, and may do nothing.
fn made_later(after: &Operator) -> SinceBackup<Operator> {
    let state = worse(after.state, TokenState::Disabled);
    SinceBackup::made_later(Operator { state, ..after.clone() })
}

fn narrower(now: &Operator, after: &Operator) -> Operator {
    Operator {
        name: after.name.clone(),
        role: now.role.min(after.role),
        state: worse(now.state, after.state),
        expires_at: now.expires_at.min(after.expires_at),
        ..now.clone()
    }
}

/// Returns a digest that no secret has: the record's own hash, which is of a longer text than any secret is,
/// and of no other record.
fn opens_nothing(sealed: &SealedRecord) -> TokenDigest {
    TokenDigest::from_bytes(sealed.hash)
}

fn given(now: &Operator, after: &Operator, lacks_a_secret: bool) -> Vec<Box<str>> {
    if after.state == TokenState::Revoked {
        return Vec::new();
    }
    let is_off = after.state == TokenState::Enabled && now.state != TokenState::Enabled;
    let all = [
        ("role", now.role < after.role),
        ("expires_in", now.expires_at < after.expires_at),
        ("secret", lacks_a_secret),
        ("state", is_off),
    ];
    all.into_iter().filter(|(_, is_so)| *is_so).map(|(field, _)| field.into()).collect()
}
