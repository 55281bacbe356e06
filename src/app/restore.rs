//! What was spent before this start goes back into the ledger.
//!
//! Budgets are kept in memory; the database has what they must begin with.

use super::services::Services;
use crate::{
    ledger::{BudgetWindow, Budgets, Period, Tally},
    store::DailySpend,
};
use anyhow::Context;

impl Services {
    /// Adds up what the database says was charged and reserved since the month began.
    ///
    /// What is reserved and has no known end counts as well, so that a restart never gives a budget back.
    pub(super) async fn restore_ledger(&self) -> anyhow::Result<()> {
        let month = BudgetWindow::containing(Period::Month, self.clock.now()).start();
        let reader = self.reader.clone();
        let spends = self.tasks.run_blocking(move || reader.spend(month)).await;
        for spend in spends?.context("what was spent before cannot be read")? {
            let tally = Tally { charged: spend.charged, reserved: spend.reserved };
            self.ledger.restore(&self.budgets_of(&spend), spend.day, tally);
        }
        Ok(())
    }

    /// Returns what covered a spend; of tokens, environments and routes that are gone, only the sums.
    fn budgets_of(&self, spend: &DailySpend) -> Budgets {
        let token = self.tokens.show(&spend.token).ok();
        let settings = self.settings.now();
        let environment = settings.environments.get(&spend.environment);
        let route = settings.routes.by_name(&spend.route);
        match (environment, token, route) {
            (Some(environment), Some(token), Some(route)) => {
                // The environment may point at another account by now; this was billed to that one.
                let covering = Budgets::covering(&settings, environment, &token, route, spend.day);
                Budgets { account: spend.account.clone(), ..covering }
            }
            _ => Budgets {
                token: spend.token.clone(),
                environment: spend.environment.clone(),
                account: spend.account.clone(),
                limits: Vec::new(),
            },
        }
    }
}

impl Services {
    /// Pauses again what operators paused and nobody resumed, unless its time is up.
    pub(super) async fn restore_pauses(&self) -> anyhow::Result<()> {
        let reader = self.reader.clone();
        let read = self.tasks.run_blocking(move || reader.pauses());
        self.calls.restore_pauses(read.await?.context("what was paused cannot be read")?);
        Ok(())
    }
}
