//! The life of operators: made, found, changed, shut out.

use super::{
    change::{OperatorChange, OperatorWriter, find, find_not_revoked},
    error::OperatorsError,
    known_operator::KnownOperator,
    new_operator::{NewOperator, OperatorRotation, RoleChange, taken},
    pass::Pass,
    refusal::OperatorRefusal,
};
use crate::{
    domain::{
        Action, Actor, Clock, Operator, OperatorId, OperatorName, PlainSecret, SecretKind,
        TokenDigest, TokenState,
    },
    registry::Registry,
    store::{Journal, Reader},
    tasks::Tasks,
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// How often somebody who stays long is looked at again, for time passes without a change.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// All operators of the gateway; clones share them. Lookups read a snapshot in memory.
#[derive(Debug, Clone)]
pub struct Operators {
    registry: Registry<KnownOperator>,
    /// How long a new secret lives unless told otherwise.
    lifetime: Duration,
}

impl Operators {
    /// Loads the operators from the store; reads a file, so it is called before the gateway serves.
    /// New secrets live for `lifetime` unless told otherwise.
    pub fn load(
        journal: Journal,
        reader: Reader,
        clock: Arc<dyn Clock>,
        lifetime: Duration,
        tasks: Tasks,
    ) -> Result<Self, OperatorsError> {
        let registry = Registry::load(journal, reader, clock, tasks);
        Ok(Self { registry: registry.map_err(OperatorsError::Store)?, lifetime })
    }

    /// Says whether there is an operator that was not revoked.
    pub fn any(&self) -> bool {
        self.registry.snapshot().all().any(|known| !known.is_revoked())
    }

    /// Returns the operator with the secret that was presented, if they may act now.
    pub fn authenticate(&self, presented: &str) -> Result<Arc<Operator>, OperatorRefusal> {
        if SecretKind::Operator.check(presented).is_err() {
            return Err(match SecretKind::claimed_by(presented) {
                Some(SecretKind::Client) => OperatorRefusal::Client,
                _ => OperatorRefusal::Malformed,
            });
        }
        let snapshot = self.registry.snapshot();
        let known = snapshot.by_digest(&TokenDigest::from_secret(presented));
        self.usable(&known.ok_or(OperatorRefusal::Unknown)?.operator)
    }

    /// Returns the operator as they are now, if they may still act as they were let in.
    pub fn recheck(&self, pass: &Pass) -> Result<Arc<Operator>, OperatorRefusal> {
        let known = self.registry.find(&pass.id).ok_or(OperatorRefusal::Unknown)?;
        let operator = self.usable(&known.operator)?;
        if operator.secret_made_at != pass.secret_made_at || operator.role < pass.role {
            return Err(OperatorRefusal::Changed(operator));
        }
        Ok(operator)
    }

    /// Waits until somebody may act no longer as they were let in: at once when they are revoked,
    /// disabled, given another secret or a smaller role, and within a second when they expire.
    pub async fn withdrawn(&self, pass: &Pass) -> OperatorRefusal {
        // Before the first look, so that no change comes between the two.
        let mut changes = self.registry.changes();
        loop {
            if let Err(refusal) = self.recheck(pass) {
                return refusal;
            }
            // Whether it was a change or time that passed, the next look tells.
            timeout(LOOK_AGAIN, changes.changed()).await.ok();
        }
    }

    /// Returns all operators, oldest first, revoked ones too.
    pub fn list(&self) -> Vec<Arc<Operator>> {
        self.registry.snapshot().all().map(|known| Arc::clone(&known.operator)).collect()
    }

    /// Returns one operator, whatever their state.
    pub fn show(&self, id: &OperatorId) -> Result<Arc<Operator>, OperatorsError> {
        find(&self.registry, id)
    }

    /// Makes an operator. They are on record and let in when this returns; their secret is never
    /// seen again.
    pub async fn create(
        &self,
        new: NewOperator,
        by: impl Into<Actor>,
    ) -> Result<(PlainSecret, Arc<Operator>), OperatorsError> {
        let asked = new.read(self.lifetime).map_err(OperatorsError::Invalid)?;
        let (plain, by) = (mint()?, by.into());
        let digest = Some(plain.digest());
        let made = self.run(move |writer| async move {
            // Within the turn: of two that ask for one name at once, one must find it taken.
            if let Some(bearer) = bearer_of(&writer, &asked.name) {
                return Err(OperatorsError::Invalid(taken(&asked.name, bearer.id.as_str())));
            }
            let now = writer.now();
            let operator = Operator {
                id: OperatorId::random(),
                name: asked.name,
                role: asked.role,
                state: TokenState::Enabled,
                created_at: now,
                secret_made_at: now,
                expires_at: now.plus(asked.lifetime),
            };
            let action = Action::OperatorCreate;
            OperatorChange { action, by, old: None, operator, digest }.commit(writer).await
        });
        Ok((plain, made.await?))
    }

    /// Gives an operator a new secret and a new time; the old secret opens nothing from now on.
    pub async fn rotate(
        &self,
        id: &OperatorId,
        asked: &OperatorRotation,
        by: impl Into<Actor>,
    ) -> Result<(PlainSecret, Arc<Operator>), OperatorsError> {
        let lifetime = asked.read(self.lifetime).map_err(OperatorsError::Invalid)?;
        let (plain, id, by) = (mint()?, id.clone(), by.into());
        let digest = Some(plain.digest());
        let made = self.run(move |writer| async move {
            let old = find_not_revoked(&writer, &id)?;
            // Two secrets of one moment could not be told apart.
            let now = writer.now().max(old.secret_made_at.plus(Duration::from_micros(1)));
            let operator =
                Operator { secret_made_at: now, expires_at: now.plus(lifetime), ..(*old).clone() };
            let action = Action::OperatorRotate;
            OperatorChange { action, by, old: Some(old), operator, digest }.commit(writer).await
        });
        Ok((plain, made.await?))
    }

    /// Gives an operator another role; in force here when this returns.
    pub async fn set_role(
        &self,
        id: &OperatorId,
        asked: &RoleChange,
        by: impl Into<Actor>,
    ) -> Result<Arc<Operator>, OperatorsError> {
        let role = asked.read().map_err(OperatorsError::Invalid)?;
        let change = move |old: &Operator| Operator { role, ..old.clone() };
        self.change(id, Action::OperatorSetRole, by, change).await
    }

    /// Enables, disables or revokes an operator; in force here when this returns. Revoked is final.
    pub async fn set_state(
        &self,
        id: &OperatorId,
        state: TokenState,
        by: impl Into<Actor>,
    ) -> Result<Arc<Operator>, OperatorsError> {
        let action = match state {
            TokenState::Enabled => Action::OperatorEnable,
            TokenState::Disabled => Action::OperatorDisable,
            TokenState::Revoked => Action::OperatorRevoke,
        };
        let change = move |old: &Operator| Operator { state, ..old.clone() };
        self.change(id, action, by, change).await
    }

    /// Changes an operator; a change that changes nothing is none.
    async fn change(
        &self,
        id: &OperatorId,
        action: Action,
        by: impl Into<Actor>,
        change: impl FnOnce(&Operator) -> Operator + Send + 'static,
    ) -> Result<Arc<Operator>, OperatorsError> {
        let (id, by) = (id.clone(), by.into());
        self.run(move |writer| async move {
            let old = find(&writer, &id)?;
            let operator = change(&old);
            // Before it is asked whether they were revoked: to revoke twice is no mistake.
            if operator == *old {
                return Ok(old);
            }
            find_not_revoked(&writer, &id)?;
            OperatorChange { action, by, old: Some(old), operator, digest: None }
                .commit(writer)
                .await
        })
        .await
    }

    /// Runs a change when its turn has come; nobody who hangs up can cut it in two.
    async fn run<W>(
        &self,
        change: impl FnOnce(OperatorWriter) -> W + Send + 'static,
    ) -> Result<Arc<Operator>, OperatorsError>
    where
        W: Future<Output = Result<Arc<Operator>, OperatorsError>> + Send + 'static,
    {
        let done = self.registry.change("operator.change", change).await;
        done.map_err(|_| OperatorsError::Stopping)?
    }

    fn usable(&self, operator: &Arc<Operator>) -> Result<Arc<Operator>, OperatorRefusal> {
        let operator = Arc::clone(operator);
        match operator.state {
            TokenState::Revoked => Err(OperatorRefusal::Revoked(operator)),
            TokenState::Disabled => Err(OperatorRefusal::Disabled(operator)),
            TokenState::Enabled if operator.expires_at <= self.registry.now() => {
                Err(OperatorRefusal::Expired(operator))
            }
            TokenState::Enabled => Ok(operator),
        }
    }
}

/// Returns who has a name and was not revoked.
fn bearer_of(writer: &OperatorWriter, name: &OperatorName) -> Option<Arc<Operator>> {
    let snapshot = writer.snapshot();
    let mut bearers = snapshot.all().filter(|known| !known.is_revoked());
    bearers.find(|known| known.operator.name == *name).map(|known| Arc::clone(&known.operator))
}

fn mint() -> Result<PlainSecret, OperatorsError> {
    Ok(PlainSecret::mint(SecretKind::Operator.prefix())?)
}
