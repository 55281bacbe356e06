//! Series that are there before anything happens: a rate can be computed for the first time that something
//! happens only if there was a zero before it.

use super::{
    Metrics,
    labels::{
        AccountLabels, CallLabels, CodeLabels, EnvironmentLabels, HandshakeLabels, ListenerLabels,
        NOTIFICATION_RESULTS, NOTIFICATIONS, NotificationLabels, PauseLabels, RELOAD_RESULTS,
        RefusalLabels, ReloadLabels, RouteLabels, TLS_REASONS, ThresholdLabels, WEBHOOK_RESULTS,
        WebhookLabels, Word,
    },
    list::Series,
};
use crate::{
    config::Settings,
    domain::{AccountName, EnvironmentName, ErrorCode, Outcome, RouteName},
};

/// The listeners that may speak TLS.
const NETWORK: [&str; 2] = ["proxy", "admin"];

/// The statuses of Ideogram's that are counted.
const UPSTREAM_REFUSALS: [&str; 2] = ["429", "401"];

const OUTCOMES: [Outcome; 4] =
    [Outcome::Success, Outcome::Refused, Outcome::Failed, Outcome::Unknown];

impl Metrics {
    /// Shows at zero what these settings let happen. Settings that came later add to it. Nothing
    /// that counted before is changed, and series of settings that are gone stay.
    pub fn expect(&self, settings: &Settings) {
        let series = &self.series;
        settings.accounts.keys().for_each(|account| series.expect_account(account));
        let routes = || settings.routes.routes().iter().map(|route| &route.name);
        routes().for_each(|route| series.expect_route(route));
        for environment in settings.environments.keys() {
            series.expect_environment(environment);
            routes().for_each(|route| series.expect_calls(environment, route));
        }
    }
}

impl Series {
    /// Shows at zero what happens whatever the settings say. It is done once, when the metrics are
    /// made.
    pub(super) fn expect_the_usual(&self) {
        for code in ErrorCode::ALL.iter().copied() {
            // What it returns is a guard, which would keep its family locked.
            drop(self.refusals.get_or_create(&CodeLabels { environment: None, code }));
        }
        for kind in NOTIFICATIONS.map(Word) {
            for result in NOTIFICATION_RESULTS.map(Word) {
                drop(self.notifications.get_or_create(&NotificationLabels { kind, result }));
            }
        }
        for percent in ["80", "100"].map(Word) {
            drop(self.budget_thresholds.get_or_create(&ThresholdLabels { percent }));
        }
        for result in RELOAD_RESULTS.map(Word) {
            drop(self.reloads.get_or_create(&ReloadLabels { result }));
        }
        for result in WEBHOOK_RESULTS.map(Word) {
            drop(self.webhooks.get_or_create(&WebhookLabels { result }));
        }
        drop(self.paused.get_or_create(&PauseLabels { target: "all".to_owned() }));
        for listener in NETWORK.map(Word) {
            for reason in TLS_REASONS.map(Word) {
                drop(self.tls_failures.get_or_create(&HandshakeLabels { listener, reason }));
            }
        }
        for listener in ["proxy", "admin", "socket"].map(Word) {
            drop(self.connections.get_or_create(&ListenerLabels { listener }));
        }
    }

    /// Shows at zero what is told apart by account.
    fn expect_account(&self, account: &AccountName) {
        for status in UPSTREAM_REFUSALS.map(Word) {
            let labels = RefusalLabels { account: account.clone(), status };
            drop(self.upstream_refusals.get_or_create(&labels));
        }
        let labels = AccountLabels { account: account.clone() };
        drop(self.echoed_keys.get_or_create(&labels));
        drop(self.drift.get_or_create(&labels));
        drop(self.breaker_open.get_or_create(&labels));
    }

    /// Shows at zero what is told apart by environment.
    fn expect_environment(&self, environment: &EnvironmentName) {
        for code in ErrorCode::ALL.iter().copied() {
            let environment = Some(environment.clone());
            drop(self.refusals.get_or_create(&CodeLabels { environment, code }));
        }
        let labels = EnvironmentLabels { environment: environment.clone() };
        drop(self.queue_wait.get_or_create(&labels));
        drop(self.queued.get_or_create(&labels));
        drop(self.old_secrets.get_or_create(&labels));
        drop(self.spend.get_or_create(&labels));
    }

    /// Shows at zero what is told apart by route.
    fn expect_route(&self, route: &RouteName) {
        drop(self.upstream_time.get_or_create(&RouteLabels { route: route.clone() }));
    }

    /// Shows at zero the calls of an environment on a route, by each of their outcomes.
    fn expect_calls(&self, environment: &EnvironmentName, route: &RouteName) {
        for outcome in OUTCOMES {
            let (environment, route) = (environment.clone(), route.clone());
            drop(self.calls.get_or_create(&CallLabels { environment, route, outcome }));
        }
    }
}
