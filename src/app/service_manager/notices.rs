//! Tells the service manager how the gateway is.

use crate::{config::process_variables, tasks::Tasks};
use sd_notify::NotifyState;
use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

/// How many notices may wait for a manager that does not read them.
const WAITING: usize = 16;

/// What a manager is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManagerNotice {
    /// It serves.
    Ready,
    /// It reads its files again.
    Reloading,
    /// It ends.
    Stopping,
    /// It is not stuck.
    Alive,
}

/// Tells the service manager how the gateway is; clones tell the same one.
///
/// Where there is no manager that listens, nothing is told. Nobody waits for it: what it does not read in time is
/// dropped.
#[derive(Debug, Clone, Default)]
pub struct ServiceManager {
    notices: Option<SyncSender<ManagerNotice>>,
    /// What looks whether the gateway is stuck; it ends with the process, as the manager expects.
    pub(super) tasks: Tasks,
}

impl ServiceManager {
    /// Finds the manager of this process by its variables.
    ///
    /// It is an error if the system gives no thread to tell it from.
    pub fn of_this_process() -> io::Result<Self> {
        let listens =
            |(name, value): &(String, String)| name == "NOTIFY_SOCKET" && !value.is_empty();
        if !process_variables().iter().any(listens) {
            return Ok(Self::default());
        }
        let (notices, to_tell) = sync_channel(WAITING);
        // A thread that nobody joins: one datagram to a manager that does not read would hold its sender, and
        // with it a runtime that ends.
        Tasks::thread("service manager", move || tell_all(&to_tell))?;
        Ok(Self::telling(notices))
    }

    /// Returns what tells those who receive.
    pub(super) fn telling(notices: SyncSender<ManagerNotice>) -> Self {
        Self { notices: Some(notices), tasks: Tasks::default() }
    }

    /// Says whether anybody is told.
    pub(super) fn listens(&self) -> bool {
        self.notices.is_some()
    }

    /// Tells that the gateway serves.
    pub fn ready(&self) {
        self.tell(ManagerNotice::Ready);
    }

    /// Tells that files are read again; [`ready`](Self::ready) ends it.
    pub fn reloading(&self) {
        self.tell(ManagerNotice::Reloading);
    }

    /// Tells that the gateway ends.
    pub fn stopping(&self) {
        self.tell(ManagerNotice::Stopping);
    }

    /// Tells that the gateway is not stuck.
    pub(super) fn alive(&self) {
        self.tell(ManagerNotice::Alive);
    }

    fn tell(&self, notice: ManagerNotice) {
        if let Some(notices) = &self.notices {
            // One that does not read has missed others before this one.
            notices.try_send(notice).ok();
        }
    }
}

/// Tells a manager what it is to be told, one after the other; a failure is told once.
fn tell_all(notices: &Receiver<ManagerNotice>) {
    let mut has_failed = false;
    while let Ok(notice) = notices.recv() {
        let Err(error) = tell_now(notice) else { continue };
        if !std::mem::replace(&mut has_failed, true) {
            tracing::warn!(%error, "the service manager cannot be told how the gateway is");
        }
    }
}

/// Waits until the manager's socket takes the notice.
fn tell_now(notice: ManagerNotice) -> io::Result<()> {
    match notice {
        ManagerNotice::Ready => {
            sd_notify::notify(&[NotifyState::Ready, NotifyState::Status("serving")])
        }
        ManagerNotice::Reloading => {
            sd_notify::notify(&[NotifyState::Reloading, NotifyState::monotonic_usec_now()?])
        }
        ManagerNotice::Stopping => sd_notify::notify(&[
            NotifyState::Stopping,
            NotifyState::Status("draining: sent calls finish, others are told to come again"),
        ]),
        ManagerNotice::Alive => sd_notify::notify(&[NotifyState::Watchdog]),
    }
}
