//! The door that calls knock at: one gate per account.

use super::{
    account::Account,
    account_gate::AccountGate,
    counters::AdmissionCounters,
    error::AdmissionError,
    options::{AdmissionOptions, AdmitRequest},
    paused::Paused,
    permit::Permit,
    status::AccountStatus,
};
use crate::domain::{AccountName, CallId, EnvironmentName, PauseTarget, Places, TokenId};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Admits calls, never more at once than an account's cap, fairly. Clones share the same gates.
///
/// It knows nothing of HTTP, money or the database, and keeps nothing over a restart. Any thread
/// may use it; only [`admit`](Self::admit) and [`draining`](Self::draining) wait.
#[derive(Debug, Clone)]
pub struct Admission {
    accounts: Arc<BTreeMap<AccountName, Arc<Account>>>,
    draining: CancellationToken,
}

impl Admission {
    /// Returns an admission with every place free.
    pub fn new(options: AdmissionOptions) -> Self {
        let now = Instant::now();
        let accounts = options.accounts.into_iter().map(|account| {
            let name = account.name.clone();
            let gate = AccountGate::new(account, options.queue_capacity, now);
            (name.clone(), Account::new(name, gate))
        });
        Self { accounts: Arc::new(accounts.collect()), draining: CancellationToken::new() }
    }

    /// Takes other options for the accounts that there are. Calls that wait stay, but for those that take more
    /// places than their account has from now on. Accounts that are not named stay as they are, and none is
    /// added.
    pub fn reconfigure(&self, options: &AdmissionOptions) {
        for own in &options.accounts {
            if let Some(account) = self.accounts.get(&own.name) {
                account.reconfigure(own, options.queue_capacity);
            }
        }
    }

    /// Waits until the call's turn has come and its places are free. Dropping the future frees
    /// the seat at once. A call on an account that is not in the settings never fits. Whoever is
    /// let in holds a permit; nothing else lets a call be sent.
    pub async fn admit(&self, seat: AdmitRequest) -> Result<Permit, AdmissionError> {
        let account = self.accounts.get(&seat.account);
        let account = account.ok_or(AdmissionError::NeverFits { cap: 0 })?;
        let waiting = account.enter(&seat)?;
        waiting.turn().await
    }

    /// Returns when to come back if the account's queue is full; `None` while a call may wait. It
    /// is for refusing early; only [`admit`](Self::admit) decides.
    pub fn is_full(&self, account: &AccountName) -> Option<Duration> {
        self.accounts.get(account)?.gate().full_for()
    }

    /// Returns why no call of an environment is admitted just now, if so.
    pub fn is_closed(
        &self,
        account: &AccountName,
        environment: &EnvironmentName,
    ) -> Option<AdmissionError> {
        self.accounts.get(account)?.gate().closed.reason(environment)
    }

    /// Returns the narrowest pause that the calls of an environment must not pass, if there is one.
    pub fn is_paused(
        &self,
        account: &AccountName,
        environment: &EnvironmentName,
    ) -> Option<Arc<Paused>> {
        self.accounts.get(account)?.gate().closed.pause(environment)
    }

    /// Takes the places of a call that was sent before a restart, past the cap if need be: then
    /// nobody is admitted until it fits. They are taken until [`Admission::release`]. Nothing
    /// happens for an account that is not in the settings any more.
    pub fn restore(
        &self,
        account: &AccountName,
        environment: &EnvironmentName,
        token: &TokenId,
        places: Places,
        call: CallId,
    ) {
        let Some(gate) = self.accounts.get(account) else { return };
        let seat = AdmitRequest {
            account: account.clone(),
            environment: environment.clone(),
            token: token.clone(),
            places,
            // Neither a wait nor a limit: it was let in once, and its places are taken at Ideogram
            // whatever the settings say by now.
            deadline: Instant::now(),
            max_token_places: None,
        };
        gate.restore(&seat, call);
    }

    /// Says how many places a token may hold at once from now on, for its calls that wait as well; `None` means no
    /// bound of its own. A call that waits and is larger by itself must be sent away by whoever let it wait.
    pub fn set_share(
        &self,
        account: &AccountName,
        environment: &EnvironmentName,
        token: &TokenId,
        share: Option<Places>,
    ) {
        if let Some(account) = self.accounts.get(account) {
            account.set_share(environment, token, share);
        }
    }

    /// Gives back the places that are held for `call`; says whether any were.
    pub fn release(&self, call: &CallId) -> bool {
        self.accounts.values().any(|account| account.release_held(call))
    }

    /// Says whether places are held for `call`.
    pub fn is_held(&self, call: &CallId) -> bool {
        self.accounts.values().any(|account| account.gate().held.contains(call))
    }

    /// Turns all calls away from now on, those that wait too. Admitted calls keep their places.
    /// That cannot be taken back.
    pub fn drain(&self) {
        // Gates first: whoever wakes by the token and asks must find them closed.
        self.close(|gate| gate.draining = true);
        self.draining.cancel();
    }

    /// Says whether all calls are turned away for good.
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Waits until all calls are turned away for good.
    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }

    /// Turns the calls away that operators paused, those that wait too, and takes all others in again.
    /// Admitted calls keep their places.
    pub fn set_pauses(&self, pauses: impl IntoIterator<Item = Paused>) {
        let mut pauses: Vec<_> = pauses.into_iter().map(Arc::new).collect();
        // The narrowest last, as it is told first.
        pauses.sort_by(|one, other| one.pause.target.cmp(&other.pause.target));
        for account in self.accounts.values() {
            let is_here = |paused: &&Arc<Paused>| match &paused.pause.target {
                PauseTarget::Account(name) => *name == account.name,
                PauseTarget::All | PauseTarget::Environment(_) => true,
            };
            let own = pauses.iter().filter(is_here).cloned().collect();
            account.close(|gate| gate.paused = own);
        }
    }

    /// Turns calls away while they cannot be recorded, or takes them in again. A pause is not ended
    /// by that, nor the other way round.
    pub fn stop(&self, stopped: bool) {
        self.close(|gate| gate.stopped = stopped);
    }

    fn close(&self, change: impl Fn(&mut super::account_gate::Closed)) {
        for account in self.accounts.values() {
            account.close(&change);
        }
    }

    /// Lets time pass; to be called every 250 ms. The effective cap recovers and reserves lapse.
    /// Called less often, the same happens later and nothing is lost.
    pub fn tick(&self) {
        self.accounts.values().for_each(Account::tick);
    }

    /// Returns how every account stands, by name.
    pub fn status(&self) -> Vec<AccountStatus> {
        self.accounts.values().map(|account| account.gate().status(&account.name)).collect()
    }

    /// Returns what was counted since the start, by account.
    pub fn counters(&self) -> Vec<(AccountName, AdmissionCounters)> {
        let counters = |account: &Arc<Account>| (account.name.clone(), account.gate().counters);
        self.accounts.values().map(counters).collect()
    }
}
