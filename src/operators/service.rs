//! The life of operators: made, found, changed, shut out.

use super::{
    error::OperatorsError,
    new_operator::{NewOperator, OperatorRotation, RoleChange, taken},
    pass::Pass,
    refusal::OperatorRefusal,
    snapshot::OperatorSnapshot,
};
use crate::{
    domain::{
        Action, Actor, AuditRecord, Bundle, Clock, Effect, Operator, OperatorId, PlainSecret,
        SecretKind, StoredOperator, TokenDigest, TokenState,
    },
    store::{Journal, JournalHealth, Reader},
    tasks::Tasks,
};
use arc_swap::ArcSwap;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

/// How often somebody who stays long is looked at again, for time passes without a change.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// All operators of the gateway; clones share them. Lookups read a snapshot in memory.
#[derive(Debug, Clone)]
pub struct Operators(Arc<OperatorsInner>);

#[derive(Debug)]
struct OperatorsInner {
    snapshot: ArcSwap<OperatorSnapshot>,
    version: watch::Sender<u64>,
    /// One change at a time, so that changes are swapped in in the order of the record, and no name
    /// is given twice.
    turn: Semaphore,
    journal: Journal,
    reader: Reader,
    clock: Arc<dyn Clock>,
    lifetime: Duration,
    tasks: Tasks,
}

/// A change that is decided and not yet on record.
struct OperatorChange {
    action: Action,
    by: Actor,
    before: Value,
    operator: Operator,
    digest: Option<TokenDigest>,
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
        let stored = reader.operators().map_err(OperatorsError::Store)?;
        Ok(Self(Arc::new(OperatorsInner {
            snapshot: ArcSwap::from_pointee(OperatorSnapshot::of(stored)),
            version: watch::Sender::new(0),
            turn: Semaphore::new(1),
            journal,
            reader,
            clock,
            lifetime,
            tasks,
        })))
    }

    /// Says whether there is an operator that was not revoked.
    pub fn any(&self) -> bool {
        self.0.snapshot.load().not_revoked().next().is_some()
    }

    /// Returns the operator with the secret that was presented, if they may act now.
    pub fn authenticate(&self, presented: &str) -> Result<Arc<Operator>, OperatorRefusal> {
        if SecretKind::Operator.check(presented).is_err() {
            return Err(match SecretKind::claimed_by(presented) {
                Some(SecretKind::Client) => OperatorRefusal::Client,
                _ => OperatorRefusal::Malformed,
            });
        }
        let snapshot = self.0.snapshot.load();
        let operator = snapshot.by_digest(&TokenDigest::of(presented));
        self.0.usable(operator.ok_or(OperatorRefusal::Unknown)?)
    }

    /// Returns the operator as they are now, if they may still act as they were let in.
    pub fn recheck(&self, pass: &Pass) -> Result<Arc<Operator>, OperatorRefusal> {
        let snapshot = self.0.snapshot.load();
        let operator = snapshot.by_id(&pass.id).ok_or(OperatorRefusal::Unknown)?;
        let operator = self.0.usable(operator)?;
        if operator.secret_made_at != pass.secret_made_at || operator.role < pass.role {
            return Err(OperatorRefusal::Changed(operator));
        }
        Ok(operator)
    }

    /// Waits until somebody may act no longer as they were let in: at once when they are revoked,
    /// disabled, given another secret or a smaller role, and within a second when they expire.
    pub async fn withdrawn(&self, pass: &Pass) -> OperatorRefusal {
        let mut changes = self.0.version.subscribe();
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
        self.0.snapshot.load().all().cloned().collect()
    }

    /// Returns one operator, whatever their state.
    pub fn show(&self, id: &OperatorId) -> Result<Arc<Operator>, OperatorsError> {
        self.0.find(id)
    }

    /// Makes an operator. They are on record and let in when this returns; their secret is never
    /// seen again.
    pub async fn create(
        &self,
        new: NewOperator,
        by: impl Into<Actor>,
    ) -> Result<(PlainSecret, Arc<Operator>), OperatorsError> {
        let asked = new.read(self.0.lifetime).map_err(OperatorsError::Invalid)?;
        let (plain, by) = (mint()?, by.into());
        let digest = Some(plain.digest());
        let made = self.run(move |inner| async move {
            let _turn = inner.turn.acquire().await;
            if let Some(bearer) = inner.snapshot.load().bearer_of(&asked.name) {
                let mistakes = taken(&asked.name, bearer.id.as_str());
                return Err(OperatorsError::Invalid(mistakes));
            }
            let now = inner.clock.now();
            let operator = Operator {
                id: OperatorId::random(),
                name: asked.name,
                role: asked.role,
                state: TokenState::Enabled,
                created_at: now,
                secret_made_at: now,
                expires_at: now.plus(asked.lifetime),
            };
            let (action, before) = (Action::OperatorCreate, Value::Null);
            inner.commit(OperatorChange { action, by, before, operator, digest }).await
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
        let lifetime = asked.read(self.0.lifetime).map_err(OperatorsError::Invalid)?;
        let (plain, id, by) = (mint()?, id.clone(), by.into());
        let digest = Some(plain.digest());
        let made = self.run(move |inner| async move {
            let _turn = inner.turn.acquire().await;
            let old = inner.not_revoked(&id)?;
            let before = as_json(&old);
            // Two secrets of one moment could not be told apart.
            let now = inner.clock.now().max(old.secret_made_at.plus(Duration::from_micros(1)));
            let operator =
                Operator { secret_made_at: now, expires_at: now.plus(lifetime), ..(*old).clone() };
            let action = Action::OperatorRotate;
            inner.commit(OperatorChange { action, by, before, operator, digest }).await
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
        self.run(move |inner| async move {
            let _turn = inner.turn.acquire().await;
            let old = inner.find(&id)?;
            let operator = change(&old);
            if operator == *old {
                return Ok(old);
            }
            inner.not_revoked(&id)?;
            let before = as_json(&old);
            inner.commit(OperatorChange { action, by, before, operator, digest: None }).await
        })
        .await
    }

    /// Runs a change as work of its own: an admin who hangs up between the commit and the swap must
    /// not leave an operator revoked on record and alive in memory.
    async fn run<W>(
        &self,
        change: impl FnOnce(Arc<OperatorsInner>) -> W,
    ) -> Result<Arc<Operator>, OperatorsError>
    where
        W: Future<Output = Result<Arc<Operator>, OperatorsError>> + Send + 'static,
    {
        let work = change(Arc::clone(&self.0));
        let done = self.0.tasks.spawn_tracked("operator.change", work).await;
        let done = done.map_err(|_| OperatorsError::Stopping)?;
        if matches!(done, Err(OperatorsError::Journal(_))) {
            self.reload_when_good();
        }
        done
    }

    /// Loads the operators again once the journal works again: a commit that failed in the very act
    /// may be in all the same, and who is revoked on record must not live in memory.
    fn reload_when_good(&self) {
        let inner = Arc::clone(&self.0);
        self.0.tasks.spawn_background("operator.reload", async move {
            let mut health = inner.journal.health();
            if health.wait_for(|health| *health == JournalHealth::Good).await.is_err() {
                return;
            }
            let _turn = inner.turn.acquire().await;
            let reader = inner.reader.clone();
            match inner.tasks.run_blocking(move || reader.operators()).await {
                Ok(Ok(stored)) => inner.swap(OperatorSnapshot::of(stored)),
                Ok(Err(error)) => tracing::error!(%error, "the operators could not be read again"),
                Err(_stopping) => {}
            }
        });
    }
}

impl OperatorsInner {
    fn find(&self, id: &OperatorId) -> Result<Arc<Operator>, OperatorsError> {
        let snapshot = self.snapshot.load();
        snapshot.by_id(id).cloned().ok_or_else(|| OperatorsError::Unknown(id.clone()))
    }

    fn not_revoked(&self, id: &OperatorId) -> Result<Arc<Operator>, OperatorsError> {
        match self.find(id)? {
            revoked if revoked.state == TokenState::Revoked => {
                Err(OperatorsError::RevokedIsFinal(id.clone()))
            }
            found => Ok(found),
        }
    }

    fn usable(&self, operator: &Arc<Operator>) -> Result<Arc<Operator>, OperatorRefusal> {
        let operator = Arc::clone(operator);
        match operator.state {
            TokenState::Revoked => Err(OperatorRefusal::Revoked(operator)),
            TokenState::Disabled => Err(OperatorRefusal::Disabled(operator)),
            TokenState::Enabled if operator.expires_at <= self.clock.now() => {
                Err(OperatorRefusal::Expired(operator))
            }
            TokenState::Enabled => Ok(operator),
        }
    }

    /// Commits, then swaps in, then tells those who wait.
    async fn commit(&self, change: OperatorChange) -> Result<Arc<Operator>, OperatorsError> {
        let OperatorChange { action, by, before, operator, digest } = change;
        let (now, id) = (self.clock.now(), operator.id.as_str());
        let record = AuditRecord::change(now, by, action, id, before, as_json(&operator));
        let stored = StoredOperator { operator: operator.clone(), digest };
        let bundle = Bundle::record(record).with(Effect::SaveOperator(Box::new(stored)));
        self.journal.commit(bundle).await.map_err(OperatorsError::Journal)?;
        let operator = Arc::new(operator);
        self.swap(self.snapshot.load().with(&operator, digest));
        Ok(operator)
    }

    fn swap(&self, snapshot: OperatorSnapshot) {
        self.snapshot.store(Arc::new(snapshot));
        self.version.send_modify(|version| *version += 1);
    }
}

fn mint() -> Result<PlainSecret, OperatorsError> {
    Ok(PlainSecret::mint(SecretKind::Operator.prefix())?)
}

fn as_json(operator: &Operator) -> Value {
    serde_json::to_value(operator).unwrap_or(Value::Null)
}
