//! Does the reloads that are asked for, one after the other.

use super::{desk::ReloadDesk, plan::Plan};
use crate::{
    admin::{ReloadError, ReloadOrder, ReloadRequest, ReloadedView},
    domain::Actor,
};
use tokio::sync::mpsc;

impl ReloadDesk {
    /// Does what is asked for, in the order of asking, until nobody asks any more.
    pub(in crate::app) async fn serve(self, mut orders: mpsc::Receiver<ReloadOrder>) {
        while let Some(ReloadOrder { request, by, done }) = orders.recv().await {
            let came_of_it = self.reload(request, by).await;
            // Whoever asked may be gone.
            done.send(came_of_it).ok();
        }
    }

    async fn reload(&self, asked: ReloadRequest, by: Actor) -> Result<ReloadedView, ReloadError> {
        if self.rooms.admission.is_draining() {
            return Err(ReloadError::Stopping);
        }
        if asked.dry_run {
            return self.take(asked, by).await;
        }
        self.manager.reloading();
        let done = self.take(asked, by).await;
        self.tell(&done);
        self.manager.ready();
        done
    }

    /// Reads and checks everything, and puts it in force unless it was only asked about.
    async fn take(&self, asked: ReloadRequest, by: Actor) -> Result<ReloadedView, ReloadError> {
        let plan = Plan::read(self).await?;
        let own = self.clone();
        // No token changes from here on: one that is made between the check and the swap would slip through.
        let work = async move {
            if !asked.no_budget {
                plan.keeps_budgets(&own.rooms)?;
            }
            if asked.dry_run { Ok(plan.told()) } else { own.put_in_force(plan, by).await }
        };
        match self.rooms.tokens.while_none_changes(work).await {
            Ok(done) => done,
            Err(_) => Err(ReloadError::Stopping),
        }
    }

    fn tell(&self, done: &Result<ReloadedView, ReloadError>) {
        let (now, metrics) = (self.rooms.clock.now(), &self.rooms.metrics);
        match done {
            Ok(ReloadedView { changed, needs_restart }) => {
                let result = if changed.is_empty() { "same" } else { "changed" };
                metrics.reloaded(result, now);
                tracing::info!(
                    event = "config_reloaded",
                    changed = changed.len(),
                    needs_restart = needs_restart.join(","),
                    "the settings were reloaded"
                );
                self.files.ask();
            }
            Err(error) => {
                metrics.reloaded("refused", now);
                let error: &dyn std::error::Error = error;
                tracing::error!(
                    event = "config_refused",
                    error,
                    "the settings were not reloaded, and nothing was changed"
                );
            }
        }
    }
}
