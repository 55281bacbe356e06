//! An operator in the registry, with the digest of their secret.

use crate::{
    domain::{Operator, OperatorId, TokenDigest, TokenState},
    registry::Registered,
    store::{Reader, StoreError},
};
use std::{iter, sync::Arc};

/// An operator and what they are found by.
#[derive(Debug, Clone)]
pub(super) struct KnownOperator {
    pub(super) operator: Arc<Operator>,
    pub(super) digest: TokenDigest,
}

impl Registered for KnownOperator {
    type Id = OperatorId;
    const PLURAL: &'static str = "operators";
    const RELOAD_TASK: &'static str = "operator.reload";

    fn read_all(reader: &Reader) -> Result<Vec<Self>, StoreError> {
        let known = |(operator, digest)| Self { operator: Arc::new(operator), digest };
        Ok(reader.operators()?.into_iter().map(known).collect())
    }

    fn id(&self) -> &OperatorId {
        &self.operator.id
    }

    fn digests(&self) -> impl Iterator<Item = TokenDigest> {
        iter::once(self.digest)
    }
}

impl KnownOperator {
    /// Says whether they were revoked, which is final and frees their name.
    pub(super) fn is_revoked(&self) -> bool {
        self.operator.state == TokenState::Revoked
    }
}
