//! What operators told of the balances of accounts, across restarts.
//!
//! A balance is what an operator said at some moment, less what was charged since.

use super::services::Services;
use crate::{
    domain::{AccountName, Action, RecordBody, Timestamp, Usd},
    ledger::Balance,
    notify::Notice,
    store::{Reader, SealedRecord, StoreError},
};
use anyhow::Context;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the record of a balance says of it now.
///
/// Other members of the record are passed over.
#[derive(Deserialize)]
struct BalanceRecord {
    /// The balance.
    balance_usd: Usd,
    /// When it was told.
    set_at: Timestamp,
}

impl Services {
    /// Takes up the last balance that was told of each account, without what was charged since.
    ///
    /// An account whose balance nobody ever told has none. It is an error if the record cannot be read.
    pub(super) async fn restore_balances(&self) -> anyhow::Result<()> {
        let reader = self.reader.clone();
        let read = self.tasks.run_blocking(move || balances(&reader)).await;
        for (account, balance) in read?.context("the balances of accounts cannot be read")? {
            self.ledger.set_balance(&account, balance);
        }
        Ok(())
    }

    /// Warns of balances that fell below the threshold of their account.
    ///
    /// Each fall below is told once.
    pub(super) fn tell_low_balances(&self) {
        for (name, account) in &self.settings.now().accounts {
            if let Some(balance) = self.ledger.fell_below(name, account.top_up_threshold) {
                tracing::warn!(
                    event = "low_balance",
                    account = %name,
                    left_usd = %balance.left(),
                    threshold_usd = %account.top_up_threshold,
                    "an account should be topped up; tell its balance with `ideogate usage balance`"
                );
                let (left, threshold) = (balance.left(), account.top_up_threshold);
                self.notifier.tell(&Notice::balance_low(name, left, threshold, balance.set_at));
            }
        }
        self.notify_of_used_up_balances();
    }
}

/// Returns the last balance of each account with what was charged since. Blocks.
fn balances(reader: &Reader) -> Result<BTreeMap<AccountName, Balance>, StoreError> {
    let mut last = BTreeMap::new();
    for (account, told) in reader.changes(Action::BalanceChange)?.iter().filter_map(told) {
        last.entry(account).or_insert(told);
    }
    let spent = |(account, told): (AccountName, BalanceRecord)| {
        let spend = reader.spend(told.set_at)?;
        let own = spend.iter().filter(|spend| spend.account == account);
        let charged = own.map(|spend| spend.charged).sum();
        let balance = Balance { amount: told.balance_usd, set_at: told.set_at, charged };
        Ok((account, balance))
    };
    last.into_iter().map(spent).collect()
}

/// Returns the balance that a record tells; `None` where it cannot be understood.
fn told(sealed: &SealedRecord) -> Option<(AccountName, BalanceRecord)> {
    let RecordBody::Admin(change) = &sealed.record.body else { return None };
    let told = serde_json::from_value(change.after.clone()).ok()?;
    Some((sealed.record.resource.parse().ok()?, told))
}
