//! What the control plane asks about the gateway as a whole.
//!
//! Nothing here decides: it reads what the rooms know, in the control plane's words.

use super::services::Services;
use crate::{
    accounts::BreakerState,
    admin::{
        CallDesk, CallPastStep, DeskError, FolderState, KeyState, ReleaseOutcome, Vitals, WriteOff,
        WriteOffStep,
    },
    calls::{self, ReleaseError, WriteOffError},
    config::{Doubts, MissingKey},
    domain::{AccountName, Actor, CallId, EnvironmentName, Token, TokenState, Usd},
    spool::free_space,
    store::{JournalHealth, log_size},
    telemetry::{AccountPlaces, MetricsFormat},
};
use futures_util::{FutureExt, future::BoxFuture};
use std::sync::Arc;

/// Answers for the rooms.
///
/// It holds what the start knew and the rooms do not: keys that are missing, doubts about the machine.
#[derive(Debug)]
pub(super) struct House {
    /// The rooms.
    pub(super) rooms: Services,
    /// The environments without a key, as they were at the start.
    pub(super) missing: Vec<MissingKey>,
    /// What deserves a look.
    pub(super) doubts: Doubts,
}

impl Vitals for House {
    fn obstacles(&self) -> Vec<String> {
        let mut found = Vec::new();
        if let JournalHealth::Failed(reason) = &*self.rooms.journal.health().borrow() {
            found.push(format!("the audit cannot be written: {reason}"));
        }
        let status = self.rooms.admission.status();
        if status.iter().any(|account| account.draining) {
            found.push("the gateway is shutting down".to_owned());
        }
        found
    }

    fn metrics(&self, format: MetricsFormat) -> String {
        self.rooms.observe();
        self.rooms.metrics.render_as(format)
    }

    fn warnings(&self) -> Vec<String> {
        self.doubts.now()
    }

    fn folder(&self) -> FolderState {
        let dir = &self.rooms.settings.data.dir;
        FolderState {
            dir: std::path::absolute(dir).unwrap_or_else(|_| dir.clone()).display().to_string(),
            free: free_space(dir).ok(),
            record: self.rooms.reader.size().ok(),
            log: log_size(dir),
        }
    }

    fn breaker(&self, account: &AccountName) -> Option<BreakerState> {
        self.rooms.accounts.link(account)?.breaker.state()
    }

    fn key(&self, environment: &EnvironmentName) -> KeyState {
        let settings = self.rooms.settings.environments.get(environment);
        let slot =
            settings.and_then(|settings| self.rooms.accounts.slot(&settings.account, environment));
        let simulated = settings
            .and_then(|settings| self.rooms.settings.accounts.get(&settings.account))
            .is_some_and(|account| account.base_url.is_none());
        match slot {
            // The simulator's key is made for this run and is nothing that an operator could give.
            Some(_) if simulated => KeyState::Unneeded,
            Some(slot) => {
                let version = Some(slot.current(|key| key.version().into()));
                let shared_with = self.rooms.keys.sharing(environment);
                if self.rooms.keys.is_rejected(environment) {
                    KeyState::Rejected { version, shared_with }
                } else {
                    KeyState::Present { version, shared_with }
                }
            }
            None => {
                let missing = self.missing.iter().find(|one| one.environment == *environment);
                KeyState::Missing { how: missing.map(|one| one.how.clone()).unwrap_or_default() }
            }
        }
    }
}

impl CallDesk for House {
    fn release<'a>(
        &'a self,
        call: &'a CallId,
        by: &'a Actor,
    ) -> BoxFuture<'a, Result<ReleaseOutcome, DeskError>> {
        let release = self.rooms.calls.release(call, by);
        release
            .map(|result| match result {
                Ok(()) => Ok(ReleaseOutcome::Released),
                Err(ReleaseError::NotHeld(_)) => Ok(ReleaseOutcome::NotHeld),
                Err(ReleaseError::Unrecorded(error)) => Err(DeskError::Record(Box::new(error))),
            })
            .boxed()
    }

    fn write_off<'a>(
        &'a self,
        step: WriteOffStep,
        call: &'a CallId,
        by: &'a Actor,
        reason: Option<&'a str>,
    ) -> BoxFuture<'a, Result<WriteOff, DeskError>> {
        let calls = &self.rooms.calls;
        match step {
            WriteOffStep::Off => calls.write_off(call, by, reason).map(written_off).boxed(),
            WriteOffStep::Back => calls.undo_write_off(call, by, reason).map(written_off).boxed(),
        }
    }
}

/// Returns what came of writing off, in the control plane's words.
fn written_off(result: Result<Usd, WriteOffError>) -> Result<WriteOff, DeskError> {
    let past = |step: calls::PastStep| CallPastStep { at: step.at, by: step.by };
    match result {
        Ok(amount) => Ok(WriteOff::Done(amount)),
        Err(WriteOffError::NotReserved(_)) => Ok(WriteOff::NothingReserved),
        Err(WriteOffError::Already(step)) => Ok(WriteOff::Already(past(step))),
        Err(WriteOffError::NotWrittenOff(step)) => Ok(WriteOff::NotWrittenOff(step.map(past))),
        Err(WriteOffError::Final(step)) => Ok(WriteOff::Final(past(step))),
        Err(WriteOffError::Read(error)) => Err(DeskError::Read(error)),
        Err(WriteOffError::Unrecorded(error)) => Err(DeskError::Record(Box::new(error))),
        Err(WriteOffError::Stopping) => Err(DeskError::Stopping),
    }
}

impl Services {
    /// Reads gauges that are cheaper to ask for than to keep.
    ///
    /// Others are kept as they change.
    pub(super) fn observe(&self) {
        for account in self.admission.status() {
            let places = AccountPlaces {
                in_use: account.in_use,
                held: account.unknown,
                cap: account.cap,
                effective_cap: account.effective_cap,
            };
            self.metrics.set_places(&account.name, places);
            for environment in &account.environments {
                self.metrics.set_queued(&environment.name, environment.queued);
            }
        }
        let health = self.journal.health();
        self.metrics.set_journal_healthy(*health.borrow() == JournalHealth::Good);
        for account in self.settings.accounts.keys() {
            if let Some(balance) = self.ledger.balance(account) {
                self.metrics.set_balance(account, balance.left());
            }
        }
        let (memory, disk) = self.spool.in_use();
        self.metrics.set_bodies(memory, disk);
        let now = self.clock.now();
        let usable =
            |token: &Arc<Token>| token.state == TokenState::Enabled && token.expires_at > now;
        self.metrics.set_active_tokens(self.tokens.list().iter().filter(|t| usable(t)).count());
    }
}
