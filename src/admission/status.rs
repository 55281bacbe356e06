//! What operators and metrics see.

use super::{account_gate::AccountGate, environment::Environment};
use crate::domain::{AccountName, EnvironmentName, Places};
use serde::Serialize;

/// How an account's places and queue stand. It is a picture of one moment, taken under the gate's
/// lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountStatus {
    /// The account.
    pub name: AccountName,
    /// Places that may be in flight, as set.
    pub cap: Places,
    /// Places that may be in flight as the vendor lets through just now.
    pub effective_cap: Places,
    /// Places taken, held ones included.
    pub in_use: Places,
    /// Places held for unknown calls and pending generations. They are among those in use.
    pub unknown: Places,
    /// Calls that wait.
    pub queued: usize,
    /// The environments that use the account. Those that the settings do not know come last, in the
    /// order in which they appeared, and only while they hold places or wait.
    pub environments: Vec<EnvironmentStatus>,
    /// Whether the gateway is shutting down.
    pub draining: bool,
    /// Whether calls are kept out because they cannot be recorded.
    pub stopped: bool,
    /// In how many milliseconds the calls that wait now should be through.
    pub retry_after_ms: u64,
}

/// How an environment's places and queue stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvironmentStatus {
    /// The environment.
    pub name: EnvironmentName,
    /// Places taken, held ones included.
    pub in_use: Places,
    /// Calls that wait.
    pub queued: usize,
    /// Its share of turns.
    pub weight: u32,
}

impl<W> AccountGate<W> {
    pub(super) fn status(&self, name: &AccountName) -> AccountStatus {
        let is_shown = |own: &&Environment<W>| own.is_set || own.in_use > 0 || own.queued > 0;
        let mut shown: Vec<_> = self.environments.iter().filter(is_shown).collect();
        // One may have been taken out of the settings before another came.
        shown.sort_by_key(|environment| !environment.is_set);
        let environments = shown.into_iter().map(|environment| EnvironmentStatus {
            name: environment.name.clone(),
            in_use: environment.in_use,
            queued: environment.queued,
            weight: environment.weight,
        });
        AccountStatus {
            name: name.clone(),
            cap: self.effective_cap.configured(),
            effective_cap: self.effective_cap.current(),
            in_use: self.in_use,
            unknown: self.held.places(),
            queued: self.queued,
            environments: environments.collect(),
            draining: self.closed.draining,
            stopped: self.closed.stopped,
            retry_after_ms: u64::try_from(self.retry_after().as_millis()).unwrap_or(u64::MAX),
        }
    }
}
