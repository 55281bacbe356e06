//! Work that goes on as long as the gateway runs.
//!
//! All of it ends with the gateway's tasks.

use super::{disk_watch::DiskWatch, record_health, services::Services};
use crate::{
    domain::{AuditRecord, TokenId},
    ledger::{BudgetSubject, limits_in_force},
};
use std::{future::ready, time::Duration};

/// How often time passes for admission: caps that recover, reserved places that lapse.
const TICK: Duration = Duration::from_millis(250);
/// How often what has run out is put away.
const TIDY: Duration = Duration::from_secs(1);
/// How often calls without a known end are looked for that count as charged by now.
const CHARGES: Duration = Duration::from_mins(1);
/// How often ended secrets are looked for, and uses of the others kept.
const SECRETS: Duration = Duration::from_hours(1);
/// How often keys that are old and tokens that end soon are looked for.
const AGES: Duration = Duration::from_hours(1);
/// How often refusals are put on record that were only counted.
const SUMMARIES: Duration = Duration::from_secs(10);

/// Starts all standing work.
///
/// To be called once, after what an earlier run left was settled.
pub(super) fn start(services: &Services) {
    every(services, "admission tick", TICK, |services| {
        services.calls.end_pauses();
        services.admission.tick();
    });
    every(services, "tidy up", TIDY, |services| services.calls.tidy_up());
    every(services, "budget thresholds", TIDY, Services::tell_thresholds);
    every(services, "low balances", TIDY, Services::tell_low_balances);
    every(services, "refusal summaries", SUMMARIES, Services::write_summaries);
    charge_overdue(services);
    forget_secrets(services);
    follow_budgets(services);
    record_health::stand(services);
    services.archive.stand();
    every(services, "ages", AGES, Services::notify_of_ages);
    services.notify_of_standing_budgets();
    DiskWatch::new(services).stand(services);
    let calls = services.calls.clone();
    services.tasks.spawn_background("keep answers", async move { calls.keep_what_is_left().await });
}

/// Does short work again and again; it must not block.
fn every(services: &Services, name: &'static str, pause: Duration, work: fn(&Services)) {
    let own = services.clone();
    services.tasks.every(name, pause, move || {
        work(&own);
        ready(())
    });
}

/// What nobody knows for a day counts as charged, and budgets say when they run out.
fn charge_overdue(services: &Services) {
    let calls = services.calls.clone();
    services.tasks.every("charges", CHARGES, move || {
        let calls = calls.clone();
        async move {
            if let Err(error) = calls.charge_overdue().await {
                tracing::warn!(%error, "overdue calls could not be charged; trying again in a minute");
            }
        }
    });
}

/// Secrets of tokens that ended long ago are forgotten.
fn forget_secrets(services: &Services) {
    let tokens = services.tokens.clone();
    services.tasks.every("ended secrets", SECRETS, move || {
        let tokens = tokens.clone();
        async move {
            tokens.note_uses().await;
            tokens.forget_ended().await;
        }
    });
}

/// What is told of budgets is what is in force, also for those that no call named yet.
fn follow_budgets(services: &Services) {
    let own = services.clone();
    services.tasks.spawn_background("budgets", async move {
        let (mut tokens, mut settings) = (own.tokens.changes(), own.settings.changes());
        loop {
            let changed = tokio::select! {
                changed = tokens.changed() => changed,
                changed = settings.changed() => changed,
            };
            if changed.is_err() {
                return;
            }
            own.tell_limits();
        }
    });
}

impl Services {
    /// Tells the ledger which budgets are in force.
    fn tell_limits(&self) {
        let (settings, now) = (self.settings.now(), self.clock.now());
        let token = |id: &TokenId| self.tokens.show(id).ok();
        let limits = |subject: &BudgetSubject, period| {
            limits_in_force(subject, period, &settings, token, now)
        };
        self.ledger.know_limits(now, limits);
    }

    /// Tells of budgets that reached 80 or 100 percent.
    fn tell_thresholds(&self) {
        for crossing in self.ledger.crossings() {
            self.metrics.budget_crossed(crossing.percent);
            tracing::warn!(
                event = "budget_threshold",
                subject = %crossing.subject,
                period = ?crossing.period,
                percent = crossing.percent,
                limit_usd = %crossing.limit,
                spent_usd = %crossing.spent,
                "a budget is used up to its threshold"
            );
            self.notify_of_budget(&crossing);
        }
    }

    /// Puts refusals on record that were only counted in the minutes that are over.
    ///
    /// In a full database they are counted on.
    pub(super) fn write_summaries(&self) {
        self.append_summaries(self.refusals.summaries());
    }

    /// Puts all refusals on record that were only counted; nobody asks again.
    pub(super) fn write_last_summaries(&self) {
        self.append_summaries(self.refusals.close());
    }

    /// What the journal does not take is counted again.
    fn append_summaries(&self, summaries: Vec<AuditRecord>) {
        for record in summaries {
            if let Err(not_appended) = self.journal.append(record, None) {
                self.refusals.count(&not_appended.0);
            }
        }
    }
}
