//! The room as others hold it.

use super::{
    key_history::{KeyHistory, Retired, RetiredBefore},
    managed_slot::ManagedSlot,
    tag::TagKey,
};
use crate::{
    accounts::ServingKey,
    config::{self, MissingKey},
    domain::{AccountName, Clock, EnvironmentName},
    store::{Journal, Reader},
    tasks::Tasks,
};
use arc_swap::ArcSwap;
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What the room works with.
///
/// Slots are given whole: environments that share a source share a slot.
#[derive(Debug)]
pub struct KeysOptions {
    /// The slots whose keys are exchanged.
    pub kept: Vec<ManagedSlot>,
    /// The environments that need a key and had none at the start.
    pub missing: Vec<MissingKey>,
    /// Tags keys.
    pub tags: Arc<TagKey>,
    /// `[keys]`
    pub settings: config::KeySettings,
    /// Makes records durable.
    pub journal: Journal,
    /// Reads what was recorded.
    pub reader: Reader,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Runs watches and drains.
    pub tasks: Tasks,
}

/// Exchanges keys; clones share everything.
///
/// It is the only one that switches keys; `calls` only uses them and tells of a 401.
#[derive(Debug, Clone)]
pub struct Keys(pub(super) Arc<KeysInner>);

/// What clones share.
#[derive(Debug)]
pub(super) struct KeysInner {
    /// The slots; more may come, and none goes.
    pub(super) kept: ArcSwap<Vec<Arc<ManagedSlot>>>,
    /// The environments without a key.
    pub(super) missing: ArcSwap<Vec<MissingKey>>,
    pub(super) tags: Arc<TagKey>,
    pub(super) settings: config::KeySettings,
    pub(super) journal: Journal,
    pub(super) reader: Reader,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tasks: Tasks,
    /// Taken for each switch and each retirement: neither happens within the other.
    pub(super) exclusive: Semaphore,
    state: Mutex<KeysState>,
}

/// What changes.
///
/// It is never locked across a wait.
#[derive(Debug, Default)]
pub(super) struct KeysState {
    /// What is known of keys.
    pub(super) book: KeyHistory,
    /// The keys that were retired before the record was restored.
    pub(super) retired_before: RetiredBefore,
    /// The keys on their way out.
    pub(super) draining: Vec<Draining>,
}

/// A key that is no longer current, until its last call ended.
///
/// It keeps the key alive until its drain ends.
#[derive(Debug)]
pub(super) struct Draining {
    pub(super) kept: Arc<ManagedSlot>,
    pub(super) key: Arc<ServingKey>,
}

impl Keys {
    /// Returns the room; nothing is watched yet.
    ///
    /// Keys are taken up by `adopt` and watched by `watch`, in this order.
    pub fn new(options: KeysOptions) -> Self {
        let KeysOptions { kept, missing, tags, settings, journal, reader, clock, tasks } = options;
        Self(Arc::new(KeysInner {
            kept: ArcSwap::from_pointee(kept.into_iter().map(Arc::new).collect()),
            missing: ArcSwap::from_pointee(missing),
            tags,
            settings,
            journal,
            reader,
            clock,
            tasks,
            exclusive: Semaphore::new(1),
            state: Mutex::default(),
        }))
    }

    /// Returns the other environments that use the key of `environment`.
    ///
    /// The keys themselves are compared, by their tags, so that one key from two sources is found.
    pub fn sharing(&self, environment: &EnvironmentName) -> Vec<EnvironmentName> {
        let Some(own) = self.slot_of(environment) else { return Vec::new() };
        let tag: Box<str> = own.slot.current(|key| key.tag().into());
        let kept = self.kept();
        let same = kept.iter().filter(|kept| kept.slot.current(|key| *key.tag() == *tag));
        let names = same.flat_map(|kept| &kept.environments);
        names.filter(|name| *name != environment).cloned().collect()
    }

    /// Returns the slot of an environment.
    pub(super) fn slot_of(&self, environment: &EnvironmentName) -> Option<Arc<ManagedSlot>> {
        // The last one: it came for another account, or with a key that was missing.
        let kept = self.kept();
        kept.iter().rfind(|kept| kept.environments.contains(environment)).cloned()
    }

    /// Returns the slots there are now.
    pub(super) fn kept(&self) -> Arc<Vec<Arc<ManagedSlot>>> {
        self.0.kept.load_full()
    }

    /// Returns how a key was retired, if it was.
    ///
    /// After a restore tags may be others than before. A key of which nothing is known by its tag is retired if
    /// one with the same last characters was retired before that.
    pub(super) fn how_retired(
        &self,
        account: &AccountName,
        tag: &str,
        version: &str,
    ) -> Option<Retired> {
        let state = self.state();
        match state.book.get(&(account.clone(), tag.into())) {
            Some(known) => known.retired.clone(),
            None => state.retired_before.get(&(account.clone(), version.into())).cloned(),
        }
    }

    /// Lends what changes.
    pub(super) fn state(&self) -> MutexGuard<'_, KeysState> {
        self.0.state.lock()
    }

    /// Says whether a slot has the key as its current or next one, in whatever account.
    pub(super) fn is_wanted(&self, tag: &str) -> bool {
        self.kept().iter().any(|kept| {
            kept.slot.current(|key| key.tag() == tag)
                || kept.slot.next(|key| key.tag() == tag).unwrap_or(false)
        })
    }

    /// Returns the key in service that has this tag, if there is one.
    ///
    /// It may be current, next or draining. Sharing it keeps one count of users and one set of connections
    /// for a key.
    pub(super) fn serving(&self, account: &AccountName, tag: &str) -> Option<Arc<ServingKey>> {
        let all = self.kept();
        let of_account = all.iter().filter(|kept| kept.account == *account);
        let mut slots = of_account.map(|kept| &kept.slot);
        let same = |key: &Arc<ServingKey>| (key.tag() == tag).then(|| Arc::clone(key));
        let found = slots.find_map(|slot| slot.current(same).or_else(|| slot.next(same).flatten()));
        found.or_else(|| {
            let state = self.state();
            let mut own = state.draining.iter().filter(|one| one.kept.account == *account);
            own.find_map(|one| same(&one.key))
        })
    }
}
