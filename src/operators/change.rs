//! A change of an operator, from the decision to the record and the registry.

use super::{error::OperatorsError, known_operator::KnownOperator};
use crate::{
    domain::{
        Action, Actor, AuditRecord, Bundle, Effect, Operator, OperatorId, StoredOperator,
        TokenDigest,
    },
    registry::{Registry, RegistryWriter},
};
use serde_json::Value;
use std::sync::Arc;

/// The turn to change an operator.
pub(super) type OperatorWriter = RegistryWriter<KnownOperator>;

/// A change that is decided and not yet on record.
pub(super) struct OperatorChange {
    pub(super) action: Action,
    pub(super) by: Actor,
    /// The operator before; absent for a new one.
    pub(super) old: Option<Arc<Operator>>,
    pub(super) operator: Operator,
    /// The digest of a new secret, which ends the old one.
    pub(super) digest: Option<TokenDigest>,
}

impl OperatorChange {
    /// Puts the change on record and in force.
    pub(super) async fn commit(
        self,
        writer: OperatorWriter,
    ) -> Result<Arc<Operator>, OperatorsError> {
        let Self { action, by, old, operator, digest } = self;
        let before = old.as_deref().map_or(Value::Null, as_json);
        let (now, after) = (writer.now(), as_json(&operator));
        let record = AuditRecord::change(now, by, action, operator.id.as_str(), before, after);
        let stored = StoredOperator { operator: operator.clone(), digest };
        let bundle = Bundle::record(record).with(Effect::SaveOperator(Box::new(stored)));
        let operator = Arc::new(operator);
        let digest = digest.or_else(|| writer.find(&operator.id).map(|known| known.digest));
        let known = digest.map(|digest| KnownOperator { operator: Arc::clone(&operator), digest });
        writer.commit(bundle, known).await.map_err(OperatorsError::Journal)?;
        Ok(operator)
    }
}

/// Returns an operator, whatever their state.
pub(super) fn find(
    registry: &Registry<KnownOperator>,
    id: &OperatorId,
) -> Result<Arc<Operator>, OperatorsError> {
    let known = registry.find(id).ok_or_else(|| OperatorsError::Unknown(id.clone()))?;
    Ok(Arc::clone(&known.operator))
}

/// Returns an operator who was not revoked, which would be final.
pub(super) fn find_not_revoked(
    registry: &Registry<KnownOperator>,
    id: &OperatorId,
) -> Result<Arc<Operator>, OperatorsError> {
    let known = registry.find(id).ok_or_else(|| OperatorsError::Unknown(id.clone()))?;
    if known.is_revoked() {
        return Err(OperatorsError::RevokedIsFinal(id.clone()));
    }
    Ok(Arc::clone(&known.operator))
}

fn as_json(operator: &Operator) -> Value {
    serde_json::to_value(operator).unwrap_or(Value::Null)
}
