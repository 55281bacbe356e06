//! Asking the gateway to read its files again.

use super::ServiceManager;
use std::io;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Asks whoever works with files that may change, as keys and certificates, to read them again now.
///
/// Clones ask the same. Those who work with files hear of it and decide what to read.
#[derive(Debug, Clone)]
pub struct Reload(watch::Sender<u64>);

impl Reload {
    /// Asks for it.
    ///
    /// Returns at once. Asking twice before anybody looked is asking once.
    pub fn ask(&self) {
        self.0.send_modify(|times| *times = times.wrapping_add(1));
    }

    /// Takes SIGHUP as asking, from now on and while the returned work is driven, and tells the service manager.
    ///
    /// It is an error if the signal cannot be listened to.
    pub(super) fn at_hang_ups(
        self,
        manager: ServiceManager,
    ) -> io::Result<impl Future<Output = ()>> {
        let mut hang_ups = signal(SignalKind::hangup())?;
        Ok(async move {
            while hang_ups.recv().await.is_some() {
                tracing::info!("SIGHUP: reading files again");
                manager.reloading();
                self.ask();
                // At once, for a preflight of a key may take long and keeps nobody waiting meanwhile. How it ended
                // is in the log.
                manager.ready();
            }
        })
    }

    /// Returns how often it was asked for; it changes each time.
    pub fn asked(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

impl Default for Reload {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}
