//! The settings in force, which a reload replaces whole while the gateway runs.

use super::settings::Settings;
use arc_swap::ArcSwap;
use std::sync::Arc;
use tokio::sync::watch;

/// The settings in force; clones share them.
///
/// Whoever needs two values that belong together takes one snapshot and reads both in it.
#[derive(Debug, Clone)]
pub struct LiveSettings(Arc<LiveInner>);

/// What the clones share.
// Beside the counter not the settings themselves: a call looks them up without a lock.
#[derive(Debug)]
struct LiveInner {
    /// The snapshot.
    now: ArcSwap<Settings>,
    /// Goes up after each swap.
    version: watch::Sender<u64>,
}

impl LiveSettings {
    /// Puts settings in force.
    pub fn new(settings: impl Into<Arc<Settings>>) -> Self {
        let (now, version) = (ArcSwap::new(settings.into()), watch::Sender::new(0));
        Self(Arc::new(LiveInner { now, version }))
    }

    /// Returns what is in force now. It never waits and never changes once it is taken.
    pub fn now(&self) -> Arc<Settings> {
        self.0.now.load_full()
    }

    /// Returns a counter that goes up after each swap, so that those who wait can look again.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.version.subscribe()
    }

    /// Puts other settings in force, then tells those who wait.
    pub fn swap(&self, next: Arc<Settings>) {
        self.0.now.store(next);
        self.0.version.send_modify(|version| *version += 1);
    }
}
