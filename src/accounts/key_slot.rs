//! The keys of environments that share a source.

use super::{KeyCheck, KeyHealth, KeyUse, ServingKey};
use crate::upstream::Upstream;
use parking_lot::{Mutex, MutexGuard};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

/// How long a call waits for the staged key to take over from a rejected one.
const TAKE_OVER: Duration = Duration::from_secs(10);

/// A current key, and perhaps a staged one that takes over when it is rejected.
#[derive(Debug)]
pub struct KeySlot {
    keys: Mutex<SlotKeys>,
    changes: watch::Sender<u64>,
    rejected: Notify,
}

#[derive(Debug)]
struct SlotKeys {
    current: Arc<ServingKey>,
    next: Option<Arc<ServingKey>>,
}

impl KeySlot {
    /// Returns a slot with a key that is believed to work.
    pub fn new(current: Arc<ServingKey>) -> Self {
        let keys = Mutex::new(SlotKeys { current, next: None });
        Self { keys, changes: watch::Sender::new(0), rejected: Notify::new() }
    }

    /// Looks at the current key.
    pub fn current<R>(&self, look: impl FnOnce(&Arc<ServingKey>) -> R) -> R {
        look(&self.lock().current)
    }

    /// Looks at the staged key, if there is one.
    pub fn next<R>(&self, look: impl FnOnce(&Arc<ServingKey>) -> R) -> Option<R> {
        self.lock().next.as_ref().map(look)
    }

    /// Uses the current key. Counted under the lock that a switch takes, so nobody gets the old key
    /// after it.
    pub fn take(&self) -> KeyUse {
        self.lock().current.take()
    }

    /// Makes a key current, which is staged no longer, and returns the one that was.
    pub fn switch_to(&self, key: Arc<ServingKey>) -> Arc<ServingKey> {
        let mut keys = self.lock();
        keys.next.take_if(|next| next.tag() == key.tag());
        let old = std::mem::replace(&mut keys.current, key);
        drop(keys);
        self.changes.send_modify(|changes| *changes += 1);
        old
    }

    /// Stages a key, or none, and returns the one that was.
    pub fn stage(&self, key: Option<Arc<ServingKey>>) -> Option<Arc<ServingKey>> {
        let was = std::mem::replace(&mut self.lock().next, key);
        self.changes.send_modify(|changes| *changes += 1);
        was
    }

    /// Tells whoever waits for it that the current key was found rejected.
    pub fn tell_rejection(&self) {
        self.rejected.notify_one();
    }

    /// Waits until somebody found the current key rejected.
    pub async fn rejection(&self) {
        self.rejected.notified().await;
    }

    /// Returns how long calls must wait before it is worth asking again; `None` when they may be sent,
    /// or a staged key can take over.
    pub fn rests(&self) -> Option<Duration> {
        let keys = self.lock();
        if keys.next.is_some() {
            return None;
        }
        keys.current.rests()
    }

    /// Says whether calls may use the current key; a rejected one is replaced by the staged one, or
    /// asked about again now and then, by one caller at a time.
    pub async fn is_usable(&self, upstream: &Upstream) -> bool {
        let current = self.take();
        if current.serving().health() == KeyHealth::Good {
            return true;
        }
        if self.replacement(&current).await.is_some() {
            return true;
        }
        // What was rejected is used again on proof only.
        current.serving().rests().is_none()
            && current.serving().ask(upstream).await == KeyCheck::Good
    }

    /// Asks Ideogram, for free, whether it rejects a key of this slot, and tells of it.
    pub async fn is_rejected(&self, key: &KeyUse, upstream: &Upstream) -> bool {
        if key.serving().rests().is_some() {
            // Confirmed a moment ago, for another call.
            self.rejected.notify_one();
            return true;
        }
        let was_good = key.serving().health() == KeyHealth::Good;
        let KeyCheck::Rejected(status) = key.serving().ask(upstream).await else { return false };
        if was_good {
            tracing::error!(
                event = "key_rejected",
                key.version = key.serving().version(),
                status,
                "ideogram rejects the key"
            );
        }
        self.rejected.notify_one();
        true
    }

    /// Says whether there is, or soon will be, another key to use than `key`.
    pub fn has_other_than(&self, key: &KeyUse) -> bool {
        let keys = self.lock();
        keys.next.is_some() || keys.current.tag() != key.serving().tag()
    }

    /// Returns another key than the rejected `key`, waiting for the staged one to take over.
    pub async fn replacement(&self, key: &KeyUse) -> Option<KeyUse> {
        let mut changes = self.changes.subscribe();
        let wait = async {
            loop {
                changes.mark_unchanged();
                if !self.has_other_than(key) {
                    return None;
                }
                let current = self.take();
                if current.serving().tag() != key.serving().tag() {
                    return (current.serving().health() == KeyHealth::Good).then_some(current);
                }
                drop(current);
                self.rejected.notify_one();
                changes.changed().await.ok()?;
            }
        };
        timeout(TAKE_OVER, wait).await.ok().flatten()
    }

    fn lock(&self) -> MutexGuard<'_, SlotKeys> {
        self.keys.lock()
    }
}
