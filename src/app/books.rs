//! What was spent before this start goes back into the ledger.

use super::rooms::Rooms;
use crate::{
    ledger::{Budgets, Period, Tally, Window},
    store::Spend,
};
use anyhow::Context;

impl Rooms {
    /// Adds up what the database says was charged and reserved since the month began.
    pub(super) async fn restore_ledger(&self) -> anyhow::Result<()> {
        let month = Window::of(Period::Month, self.clock.now()).start();
        let reader = self.reader.clone();
        let spends = self.tasks.block(move || reader.spend(month)).await;
        for spend in spends?.context("what was spent before cannot be read")? {
            let tally = Tally { charged: spend.charged, reserved: spend.reserved };
            self.ledger.restore(&self.budgets_of(&spend), spend.day, tally);
        }
        Ok(())
    }

    /// Returns what covered a spend; of tokens, environments and routes that are gone, only the sums.
    fn budgets_of(&self, spend: &Spend) -> Budgets {
        let token = self.tokens.show(&spend.token).ok();
        let environment = self.settings.environments.get(&spend.environment);
        let route = self.settings.routes.by_name(&spend.route);
        match (environment, token, route) {
            (Some(environment), Some(token), Some(route)) => {
                Budgets::covering(&self.settings, environment, &token, route)
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
