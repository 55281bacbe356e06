//! How many files the process may open, and how they are shared out.
//!
//! Every connection, every call and every spooled body is an open file. Clients are turned away first, then
//! connections to Ideogram, so that the record, paid answers and operators on this machine are left with
//! some.

use crate::config::Settings;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::os::fd::AsRawFd;

/// What a gateway opens that serves nobody: the database, its readers, the log, listeners, timers.
const OWN: u64 = 64;

/// Kept for operators, the record and paid answers when clients use all others up.
const KEPT: u64 = 96;

/// Of these, what connections to Ideogram leave.
const KEPT_BY_CALLS: u64 = 48;

/// The fewest files that a gateway can live with.
const FEWEST: u64 = 256;

/// The files that the process may open.
///
/// It is the soft limit of the process, or the hard one where that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFiles(u64);

impl OpenFiles {
    /// Returns what the process may open now.
    ///
    /// A process without a limit has the largest number.
    pub fn now() -> Self {
        Self(getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX))
    }

    /// Returns what the process may open once the limit is raised as far as it goes.
    ///
    /// Changes nothing.
    pub(super) fn at_most() -> Self {
        let limit = getrlimit(Resource::Nofile);
        Self(limit.maximum.or(limit.current).unwrap_or(u64::MAX))
    }

    /// Lets the process open as many files as it may, and returns how many that are. Where the system does
    /// not allow it, as some do for a limit without end, the limit stays as it is.
    ///
    /// An error is not told: the limit that counts is the one that is returned.
    pub fn raise() -> Self {
        let limit = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).ok();
        Self::now()
    }

    /// Says whether a file that was just opened for a client leaves enough for calls, operators and the record:
    /// the system gives the lowest number that is free, so a high one means that many are open.
    ///
    /// It keeps 96 files back.
    pub fn allows_client(self, opened: &impl AsRawFd) -> bool {
        self.is_below(opened, KEPT)
    }

    /// Says whether a connection to Ideogram that was just opened leaves enough for operators and the record.
    ///
    /// It keeps 48 files back, fewer than for clients, so that calls that were let in can still be sent.
    pub fn allows_call(self, opened: &impl AsRawFd) -> bool {
        self.is_below(opened, KEPT_BY_CALLS)
    }

    /// Says whether the number of a file leaves `kept` numbers above it.
    fn is_below(self, opened: &impl AsRawFd, kept: u64) -> bool {
        let bound = self.0.saturating_sub(kept);
        u64::try_from(opened.as_raw_fd()).is_ok_and(|number| number < bound)
    }

    /// Returns how many connections of clients can be served: each may need one to Ideogram beside it, and
    /// some have a body on disk.
    ///
    /// It is three quarters of what is left beside the gateway's own files, and never less than 1.
    pub fn connections(self) -> usize {
        let left = self.0.saturating_sub(OWN + KEPT);
        // Divided first: without a limit, three times as many would not fit the number.
        usize::try_from(left / 4 * 3).unwrap_or(usize::MAX).max(1)
    }

    /// Returns what to tell of a limit that is too low for what the settings promise.
    ///
    /// The gateway still starts, and serves fewer connections than `door.max_connections` says.
    pub fn doubt(self, settings: &Settings) -> Option<String> {
        let (wanted, served) = (settings.door.max_connections, self.connections());
        (served < wanted).then(|| {
            format!(
                "door.max_connections is {wanted}, but this process may open {} files only (ulimit -n), so \
                 {served} connections are served: raise the limit (LimitNOFILE=, --ulimit nofile=), or lower \
                 door.max_connections",
                self.0
            )
        })
    }

    /// Says whether a gateway can live with so few.
    ///
    /// The least is 256; `ideogate serve` refuses to start with fewer.
    pub fn is_enough(self) -> bool {
        self.0 >= FEWEST
    }
}

impl std::fmt::Display for OpenFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_never_get_all_files() {
        let (file, socket) = (std::io::stdin(), std::io::stderr());
        assert!(OpenFiles(1000).allows_client(&file) && OpenFiles(1000).allows_call(&socket));
        assert!(!OpenFiles(KEPT).allows_client(&file) && OpenFiles(KEPT).allows_call(&file));
        assert!(!OpenFiles(KEPT_BY_CALLS).allows_call(&file));
        assert!(OpenFiles(0).connections() >= 1 && OpenFiles(u64::MAX).connections() > 1 << 40);
        assert_eq!(OpenFiles(1024).connections(), 648);
        assert!(OpenFiles(20_000).connections() > 10_000);
        assert!(!OpenFiles(100).is_enough());
    }
}
