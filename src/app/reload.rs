//! Asking the gateway to read its files again.

use crate::{
    admin::{ReloadHandle, ReloadRequest},
    domain::Actor,
};
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

    /// Takes SIGHUP as asking, and as asking for a reload of the settings, from now on and while the returned work
    /// is driven.
    ///
    /// It is an error if the signal cannot be listened to.
    pub(super) fn at_hang_ups(
        self,
        settings: ReloadHandle,
    ) -> io::Result<impl Future<Output = ()>> {
        let mut hang_ups = signal(SignalKind::hangup())?;
        Ok(async move {
            while hang_ups.recv().await.is_some() {
                tracing::info!("SIGHUP: reading files and settings again");
                // Whatever the settings hold: a certificate that expires must not wait for a slip to be found.
                self.ask();
                // Signals that come meanwhile are one more reload. How it ended is in the log.
                settings.reload(ReloadRequest::default(), Actor::GATEWAY).await.ok();
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
