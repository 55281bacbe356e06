//! An old key, until nobody uses it: then it goes, and may be revoked.
//!
//! The count of who uses a key decides, never a clock: a slow call keeps its key alive.

use super::{Keys, key_history::Retired, managed_slot::ManagedSlot, room::Draining};
use crate::{
    accounts::ServingKey,
    domain::{AccountName, Action, Actor, EnvironmentName, Timestamp},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::time::{sleep, timeout};

/// How long the record rests before a retirement is tried again that could not be written.
const AGAIN: Duration = Duration::from_secs(1);

/// How often it is seen whether a key is gone that nobody uses.
const LETTING_GO: Duration = Duration::from_millis(2);

/// What is told of a key that goes.
///
/// It holds nothing of the key itself, so that it outlives it.
#[derive(Debug, Clone)]
pub(super) struct Leaving {
    /// The account.
    pub(super) account: AccountName,
    /// What the record knows the key by.
    pub(super) tag: Box<str>,
    /// Its last four characters.
    pub(super) version: Box<str>,
    /// The environments that used it.
    pub(super) environments: Vec<EnvironmentName>,
    /// When a call last used it, as far as this run knows.
    pub(super) last_used: Option<Timestamp>,
    /// The last four characters of the key that took over.
    pub(super) replaced_by: Option<Box<str>>,
}

impl Keys {
    /// Waits for the last call with a key, if nobody wants the key any more.
    ///
    /// Where an environment still uses the same key from another source, nothing happens: the last of them to
    /// leave drains it. Draining the same key twice is drained once.
    pub(super) fn drain(&self, kept: Arc<ManagedSlot>, key: Arc<ServingKey>) {
        if self.is_wanted(key.tag()) {
            let version = key.version().to_owned();
            tracing::info!(
                key.version = version,
                "the old key is still used by other environments"
            );
            return;
        }
        let mut state = self.state();
        if state.draining.iter().any(|one| Arc::ptr_eq(&one.key, &key)) {
            return;
        }
        state.draining.push(Draining { kept: Arc::clone(&kept), key: Arc::clone(&key) });
        drop(state);
        let keys = self.clone();
        self.0
            .tasks
            .spawn_background("key drain", async move { keys.until_unused(kept, key).await });
    }

    /// Waits as long as it takes. After as long as a call may take, the log says that calls still use the
    /// key.
    async fn until_unused(self, kept: Arc<ManagedSlot>, key: Arc<ServingKey>) {
        loop {
            if timeout(kept.patience, key.unused()).await.is_err() {
                let in_use = key.in_use();
                tracing::warn!(
                    key.version = key.version(),
                    in_use,
                    "an old key is still used by calls; it is not safe to revoke yet"
                );
                key.unused().await;
            }
            // Nobody switches meanwhile: a slot could be taking this very key back.
            let exclusive = self.0.exclusive.acquire().await;
            if self.is_wanted(key.tag()) {
                self.state().draining.retain(|one| !Arc::ptr_eq(&one.key, &key));
                return;
            }
            if key.in_use() == 0 {
                // Refused from here on, also before the record says so, or it could be taken back while it
                // goes.
                let leaving = self.close(&kept, &key);
                drop(exclusive);
                gone(key).await;
                return self.retire(leaving, &Actor::GATEWAY).await;
            }
        }
    }

    /// Lets a key go that nobody uses; from here on it is refused, though that is not on record yet.
    ///
    /// The caller holds the turn, so that no slot takes the key meanwhile.
    fn close(&self, kept: &ManagedSlot, key: &Arc<ServingKey>) -> Leaving {
        let leaving = Leaving {
            account: kept.account.clone(),
            tag: key.tag().into(),
            version: key.version().into(),
            environments: kept.environments.clone(),
            last_used: key.last_used(),
            replaced_by: Some(kept.slot.current(|now| now.version().into())),
        };
        let mut state = self.state();
        state.draining.retain(|one| !Arc::ptr_eq(&one.key, key));
        let known = state.book.get_mut(&(leaving.account.clone(), leaving.tag.clone()));
        if let Some(known) = known {
            known.retired = Some(leaving.retired(self.0.clock.now()));
        }
        leaving
    }

    /// Puts on record that a key is gone, however long that takes, and then tells it.
    ///
    /// It is tried again every second until the record is written; `safe to revoke` is told only then. After
    /// a crash before that the next start does it, if every environment of the key has another one then.
    pub(super) async fn retire(&self, leaving: Leaving, by: &Actor) {
        let Leaving { account, tag, version, environments, last_used, replaced_by } = &leaving;
        let after = json!({
            "version": version,
            "environments": environments,
            "fingerprint": tag,
            "last_used": last_used,
            "replaced_by": replaced_by,
            "safe_to_revoke": true,
        });
        let resource = format!("{account}/{version}");
        loop {
            let change = [Value::Null, after.clone()];
            match self.record(by, Action::KeyRetired, resource.clone(), change).await {
                Ok(()) => break,
                Err(error) => tracing::warn!(%error, "a retired key is not on record yet"),
            }
            // Never given up: whoever waits to revoke the key would wait for ever, or revoke it on a guess.
            sleep(AGAIN).await;
        }
        let used = last_used.map_or("in an earlier run, or never".to_owned(), |at| at.to_string());
        tracing::info!(event = "key_retired", %account, key.version = %version, "safe to revoke {version}, last used {used}");
        let mut state = self.state();
        if let Some(known) = state.book.get_mut(&(account.clone(), tag.clone())) {
            known.retired =
                Some(Retired { on_record: true, ..leaving.retired(self.0.clock.now()) });
        }
    }
}

/// Drops a key, and waits until whoever just ended with it has let go too: then its connections are
/// closed and it is wiped.
///
/// It looks every 2 milliseconds; those that let go are dropping it already.
async fn gone(key: Arc<ServingKey>) {
    let left = Arc::downgrade(&key);
    drop(key);
    while left.strong_count() > 0 {
        sleep(LETTING_GO).await;
    }
}

impl Leaving {
    /// Returns how the key was retired, not on record yet.
    fn retired(&self, at: Timestamp) -> Retired {
        let (last_used, replaced_by) = (self.last_used, self.replaced_by.clone());
        Retired { at, last_used, replaced_by, on_record: false }
    }
}
