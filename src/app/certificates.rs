//! The certificates of the listeners, read again when they change.
//!
//! A certificate that cannot be served never replaces one that is: the old one goes on, and the files are
//! tried again.

use super::{Reload, services::Services, wordings};
use crate::{
    config::{Listen, TlsFiles, WatchedFile},
    domain::Timestamp,
    telemetry::Metrics,
    web::{PairRenewal, Port, TlsFault, TlsIdentity, TlsPair, Wording},
};
use anyhow::Context;
use std::{error::Error, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    time::{MissedTickBehavior, interval},
};

/// How often is looked whether files changed.
const PACE: Duration = Duration::from_secs(2);
/// How often the same doubt is told again.
const REMINDER: Duration = Duration::from_hours(24);

/// The certificates of both listeners; none where one speaks plain HTTP.
///
/// They are read before anything is bound, so that a wrong one fails the start.
#[derive(Debug)]
pub(super) struct Certificates {
    /// That of clients.
    proxy: Option<Keeper>,
    /// That of operators.
    admin: Option<Keeper>,
}

/// Keeps one listener's certificate fresh.
#[derive(Debug)]
struct Keeper {
    /// Which listener it is for.
    listener: &'static str,
    /// What the listener shows.
    identity: Arc<TlsIdentity>,
    /// The certificate and its key.
    files: [WatchedFile; 2],
    /// Why the files, as they are now, are not served; told once.
    refused: Option<String>,
    /// When doubts about what is served were told last.
    doubted: Option<Timestamp>,
}

impl Certificates {
    /// Reads what the settings name.
    ///
    /// It is an error if a file cannot be read, or the two do not belong together.
    pub(super) fn open(listen: &Listen) -> anyhow::Result<Self> {
        let own = if listen.admin_tls.is_some() { "listen.admin_tls" } else { "listen.tls" };
        Ok(Self {
            proxy: Keeper::open("proxy", listen.tls.as_ref(), "listen.tls")?,
            admin: Keeper::open("admin", listen.tls_of_admin(), own)?,
        })
    }

    /// Returns the ports of both listeners, secured where there is a certificate.
    ///
    /// Without a certificate a port speaks plain HTTP; with one it speaks TLS alone.
    pub(super) fn ports(
        &self,
        [proxy, admin]: [TcpListener; 2],
        listen: &Listen,
        metrics: &Arc<Metrics>,
    ) -> [Port; 2] {
        let port = |listener, keeper: &Option<Keeper>, wording: Wording| match keeper {
            None => Port::plain(listener),
            Some(keeper) => {
                let (identity, metrics) = (Arc::clone(&keeper.identity), Arc::clone(metrics));
                Port::secure(listener, identity, keeper.listener, metrics, wording)
            }
        };
        [
            port(proxy, &self.proxy, wordings::for_clients(listen)),
            port(admin, &self.admin, wordings::for_operators()),
        ]
    }

    /// Reads the files again whenever they change or somebody asks for it, from now on.
    ///
    /// Connections that are open keep the certificate they began with.
    pub(super) fn watch(self, services: &Services, reload: &Reload) {
        for mut keeper in [self.proxy, self.admin].into_iter().flatten() {
            let (tasks, clock) = (services.tasks.clone(), Arc::clone(&services.clock));
            let (metrics, mut asked) = (Arc::clone(&services.metrics), reload.asked());
            keeper.tell(&metrics, clock.now());
            services.tasks.spawn_background("certificate", async move {
                let mut ticks = interval(PACE);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    let cause = tokio::select! {
                        _ = ticks.tick() => LookCause::Pace,
                        Ok(()) = asked.changed() => LookCause::Asked,
                    };
                    let now = clock.now();
                    let look = move || {
                        keeper.look(cause, now);
                        keeper
                    };
                    // A folder of the network may let a reader wait.
                    let Ok(back) = tasks.run_blocking(look).await else { return };
                    keeper = back;
                    keeper.tell(&metrics, now);
                }
            });
        }
    }
}

/// Why files are looked at.
///
/// A look that was asked for reads the files even if they did not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LookCause {
    /// It is time.
    Pace,
    /// Somebody asked for it.
    Asked,
}

impl Keeper {
    /// Reads a pair; `None` where the settings name none.
    fn open(
        listener: &'static str,
        files: Option<&TlsFiles>,
        settings: &str,
    ) -> anyhow::Result<Option<Self>> {
        let Some(files) = files else { return Ok(None) };
        // Watched before they are read, so that no change falls in between.
        let watched = [WatchedFile::new(&files.certificate), WatchedFile::new(&files.key)];
        let identity = TlsIdentity::open(files.clone())
            .with_context(|| format!("{settings}_cert and {settings}_key cannot be served"))?;
        Ok(Some(Self { listener, identity, files: watched, refused: None, doubted: None }))
    }

    /// Looks whether the files changed, and serves what they hold then.
    fn look(&mut self, cause: LookCause, now: Timestamp) {
        let [certificate, key] = &mut self.files;
        // Both are asked in any case, or a change of the second would be noticed a look too late.
        let has_changed = certificate.changed() | key.changed();
        // What was refused is tried again each time: it may be that a right was missing.
        if !has_changed && cause == LookCause::Pace && self.refused.is_none() {
            return;
        }
        match self.identity.renew(now) {
            Ok(PairRenewal::Done(pair)) => self.exchanged(&pair),
            Ok(PairRenewal::Same) => self.refused = None,
            Err(fault) => self.kept(&fault),
        }
    }

    /// Tells that another certificate is served.
    fn exchanged(&mut self, pair: &TlsPair) {
        let (listener, until) = (self.listener, pair.about().not_after);
        tracing::info!(listener, %until, "the certificate was exchanged; new connections get it");
        (self.refused, self.doubted) = (None, None);
    }

    /// Tells, once for each reason, that the old certificate goes on.
    fn kept(&mut self, fault: &TlsFault) {
        let told = format!("{fault:?}");
        if self.refused.as_ref() != Some(&told) {
            let (listener, error) = (self.listener, fault as &dyn Error);
            tracing::warn!(
                listener,
                error,
                "the new certificate cannot be served; the one before goes on, and the files are tried again"
            );
        }
        self.refused = Some(told);
    }

    /// Tells when it expires, and once a day what is doubtful.
    fn tell(&mut self, metrics: &Metrics, now: Timestamp) {
        let pair = self.identity.pair();
        metrics.set_tls_expiry(self.listener, pair.about().not_after);
        if self.doubted.is_some_and(|last| now < last.plus(REMINDER)) {
            return;
        }
        let doubts = pair.doubts(now);
        self.doubted = (!doubts.is_empty()).then_some(now);
        for doubt in doubts {
            let listener = self.listener;
            if doubt.keeps_clients_away() {
                tracing::error!(listener, "{doubt}");
            } else {
                tracing::warn!(listener, "{doubt}");
            }
        }
    }
}
