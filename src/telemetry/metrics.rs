//! What the rooms tell, and what `/metrics` shows.

use super::{
    format::MetricsFormat,
    labels::{
        AccountLabels, BuildLabels, CallLabels, CodeLabels, EnvironmentLabels, HandshakeLabels,
        ListenerLabels, PauseLabels, RefusalLabels, RouteLabels, SinkLabels, ThresholdLabels,
        WebhookLabels, Word,
    },
    labels::{TLS_REASONS, WEBHOOK_RESULTS},
    lines::{DroppedLines, LineKind},
    list::Series,
};
use crate::domain::{
    AccountName, EnvironmentName, ErrorCode, Outcome, PauseTarget, Places, RouteName, Timestamp,
    Usd,
};
use prometheus_client::{encoding::text::encode, metrics::gauge::Gauge, registry::Registry};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// Counts what happens. Cheap to tell, and never in the way: nothing here waits.
///
/// All counts are since the start of the process; what must outlive it is on record. Labels are
/// made of names in the settings and words of this program, so their number is bounded.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub(super) series: Series,
    dropped: DroppedLines,
    /// When the record's end was last known to be signed, in microseconds since 1970; 0 before that.
    pub(super) covered_at: AtomicI64,
}

/// Where the time of a call went. Together they are all of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallTimes {
    /// Waiting for places.
    pub queue: Duration,
    /// At Ideogram; `None` when nothing was sent.
    pub upstream: Option<Duration>,
    /// Everything else.
    pub gateway: Duration,
}

/// Where an account's places are. It is a picture of one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountPlaces {
    /// Taken, those held included.
    pub in_use: Places,
    /// Taken by calls whose outcome is unknown.
    pub held: Places,
    /// Allowed by the settings.
    pub cap: Places,
    /// Granted by Ideogram at the moment.
    pub effective_cap: Places,
}

/// Counts one open connection or intent until it is dropped. A clone of the gauge is behind it, so
/// it may outlive the metrics.
#[derive(Debug)]
pub struct OpenGauge(Gauge);

impl OpenGauge {
    fn open(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for OpenGauge {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// Returns metrics that stand at zero. What happens whatever the settings say is shown from the
    /// start; the rest once [`expect`](Self::expect) was called.
    pub fn new() -> Arc<Self> {
        Self::with(DroppedLines::default())
    }

    /// Returns metrics that stand at zero, but for lines that were dropped already. The two share
    /// their counts from then on.
    pub fn with(dropped: DroppedLines) -> Arc<Self> {
        let mut registry = Registry::with_prefix("ideogate");
        let series = Series::new(&mut registry);
        let version = Word(env!("CARGO_PKG_VERSION"));
        series.build.get_or_create(&BuildLabels { version }).set(1);
        series.journal_healthy.set(1);
        series.expect_the_usual();
        Arc::new(Self { registry, series, dropped, covered_at: AtomicI64::new(0) })
    }

    /// Returns everything as `OpenMetrics` text. It is the form that `OpenMetrics` 1.0 describes,
    /// with `# EOF` at its end.
    pub fn render(&self) -> String {
        self.render_as(MetricsFormat::OpenMetrics)
    }

    /// Returns everything in this format. The values are read one after the other, so two of them
    /// may be of different moments.
    pub fn render_as(&self, format: MetricsFormat) -> String {
        for kind in LineKind::ALL {
            // Counted elsewhere and copied here, since lines can be dropped before there are
            // metrics.
            let series = self.series.dropped_lines.get_or_create(&SinkLabels::new(kind));
            series.inner().store(self.dropped.count(kind), Ordering::Relaxed);
        }
        let mut text = String::with_capacity(16 * 1024);
        // Writing to a string cannot fail.
        encode(&mut text, &self.registry).unwrap_or_default();
        format.write(text)
    }

    /// A call ended. Its times are observed whatever the outcome; a call to which nothing was sent
    /// has none at Ideogram.
    pub fn call_ended(
        &self,
        environment: &EnvironmentName,
        route: &RouteName,
        outcome: Outcome,
        times: CallTimes,
    ) {
        let (environment, route) = (environment.clone(), route.clone());
        let waited = EnvironmentLabels { environment: environment.clone() };
        self.series.queue_wait.get_or_create(&waited).observe(times.queue.as_secs_f64());
        if let Some(upstream) = times.upstream {
            let labels = RouteLabels { route: route.clone() };
            self.series.upstream_time.get_or_create(&labels).observe(upstream.as_secs_f64());
        }
        self.series.gateway_time.observe(times.gateway.as_secs_f64());
        self.series.calls.get_or_create(&CallLabels { environment, route, outcome }).inc();
    }

    /// A request was refused here, of an environment if it came as far as that. Refusals that the record
    /// only sums up are counted here one by one.
    pub fn refused(&self, environment: Option<&EnvironmentName>, code: ErrorCode) {
        let labels = CodeLabels { environment: environment.cloned(), code };
        self.series.refusals.get_or_create(&labels).inc();
    }

    /// An account's places are now like this. Told again and again; the last one holds.
    pub fn set_places(&self, account: &AccountName, places: AccountPlaces) {
        let labels = AccountLabels { account: account.clone() };
        self.series.places_in_use.get_or_create(&labels).set(places.in_use.into());
        self.series.places_held.get_or_create(&labels).set(places.held.into());
        self.series.places_cap.get_or_create(&labels).set(places.cap.into());
        self.series.places_effective_cap.get_or_create(&labels).set(places.effective_cap.into());
    }

    /// So many calls of an environment wait now. Told again and again; the last one holds.
    pub fn set_queued(&self, environment: &EnvironmentName, calls: usize) {
        let labels = EnvironmentLabels { environment: environment.clone() };
        self.series.queued.get_or_create(&labels).set(whole(calls));
    }

    /// Something is paused now, or not any more. What is paused has names of settings.
    pub fn set_paused(&self, target: &PauseTarget, paused: bool) {
        let labels = PauseLabels { target: target.to_string() };
        self.series.paused.get_or_create(&labels).set(i64::from(paused));
    }

    /// Returns how many intents are on record without an outcome. It is what this process opened,
    /// not what a former one left behind.
    pub fn open_intents(&self) -> u64 {
        u64::try_from(self.series.open_intents.get()).unwrap_or(0)
    }

    /// An intent is on record; its outcome is once the gauge is dropped. Whatever ends the call
    /// drops the gauge, a panic or a dropped future too.
    pub fn intent_opens(&self) -> OpenGauge {
        OpenGauge::open(&self.series.open_intents)
    }

    /// The journal committed so many bundles together. The time is until it was durable.
    pub fn committed(&self, bundles: u32, took: Duration) {
        self.series.journal_batch.observe(bundles.into());
        self.series.journal_commit.observe(took.as_secs_f64());
    }

    /// The journal can, or cannot, be written. It is shown as 1 or 0, and is 1 until something else
    /// is told.
    pub fn set_journal_healthy(&self, is_healthy: bool) {
        self.series.journal_healthy.set(is_healthy.into());
    }

    /// A bundle went to the spill file. It stays counted when the bundle is committed later.
    pub fn spilled(&self) {
        self.series.spilled.inc();
    }

    /// Ideogram refused a call with a 429. It is counted for each such answer, also when the call
    /// is sent again and succeeds.
    pub fn upstream_limited(&self, account: &AccountName) {
        self.upstream_refused(account, "429");
    }

    /// Ideogram refused the key with a 401. It is counted for each such answer.
    pub fn upstream_rejected_key(&self, account: &AccountName) {
        self.upstream_refused(account, "401");
    }

    fn upstream_refused(&self, account: &AccountName, status: &'static str) {
        let labels = RefusalLabels { account: account.clone(), status: Word(status) };
        self.series.upstream_refusals.get_or_create(&labels).inc();
    }

    /// Somebody else was seen to use an account's places. Ideogram's 429s tell it: they come
    /// although the cap is kept here.
    pub fn drifted(&self, account: &AccountName) {
        let labels = AccountLabels { account: account.clone() };
        self.series.drift.get_or_create(&labels).inc();
    }

    /// An answer of Ideogram's held our key. The answer went out without it; the count says that
    /// somebody should look.
    pub fn key_echoed(&self, account: &AccountName) {
        let labels = AccountLabels { account: account.clone() };
        self.series.echoed_keys.get_or_create(&labels).inc();
    }

    /// Bodies take so many bytes now. Both are what is set aside, not what has arrived.
    pub fn set_bodies(&self, memory: u64, disk: u64) {
        self.series.body_memory.set(memory.try_into().unwrap_or(i64::MAX));
        self.series.body_disk.set(disk.try_into().unwrap_or(i64::MAX));
    }

    /// A connection opened at a listener; it counts until what is returned is dropped. Whatever
    /// ends the connection, it counts no longer then.
    pub fn connection_opens(&self, listener: &'static str) -> OpenGauge {
        let labels = ListenerLabels { listener: Word(listener) };
        OpenGauge::open(&self.series.connections.get_or_create(&labels))
    }

    /// The certificate of a listener expires at that time. It is shown in whole seconds since 1970,
    /// so that an alarm can compare it with the time.
    pub fn set_tls_expiry(&self, listener: &'static str, at: Timestamp) {
        let labels = ListenerLabels { listener: Word(listener) };
        self.series.tls_expiry.get_or_create(&labels).set(at.as_micros() / 1_000_000);
    }

    /// A connection at a listener did not get as far as TLS. The reason must be one of those that
    /// are shown at zero.
    pub fn tls_failed(&self, listener: &'static str, reason: &'static str) {
        debug_assert!(TLS_REASONS.contains(&reason), "{reason} is not shown at zero");
        let labels = HandshakeLabels { listener: Word(listener), reason: Word(reason) };
        self.series.tls_failures.get_or_create(&labels).inc();
    }

    /// So many tokens can be used now. Neither disabled, revoked nor expired ones are meant.
    pub fn set_active_tokens(&self, tokens: usize) {
        self.series.active_tokens.set(whole(tokens));
    }

    /// A budget was used up to a threshold. Below 100 it counts as the soft one.
    pub fn budget_crossed(&self, percent: u8) {
        let percent = Word(if percent < 100 { "80" } else { "100" });
        self.series.budget_thresholds.get_or_create(&ThresholdLabels { percent }).inc();
    }

    /// A request came with a token's old secret although there is a newer one. Once that stands
    /// still, the old secret can be ended without harm.
    pub fn old_secret_used(&self, environment: &EnvironmentName) {
        let labels = EnvironmentLabels { environment: environment.clone() };
        self.series.old_secrets.get_or_create(&labels).inc();
    }

    /// Calls of an account are stopped for want of balance, or not any more. Shown as 1 or 0.
    pub fn set_breaker(&self, account: &AccountName, is_open: bool) {
        let labels = AccountLabels { account: account.clone() };
        self.series.breaker_open.get_or_create(&labels).set(is_open.into());
    }

    /// So much should be left on an account. It is shown in millionths of a dollar.
    pub fn set_balance(&self, account: &AccountName, left: Usd) {
        let labels = AccountLabels { account: account.clone() };
        self.series.balance.get_or_create(&labels).set(left.as_micros());
    }

    /// A webhook came, and this became of it. The result must be one of those that are shown at
    /// zero.
    pub fn webhook(&self, result: &'static str) {
        debug_assert!(WEBHOOK_RESULTS.contains(&result), "{result} is not shown at zero");
        self.series.webhooks.get_or_create(&WebhookLabels { result: Word(result) }).inc();
    }

    /// An environment was charged. A correction to less takes nothing back, for counters cannot
    /// fall.
    pub fn spent(&self, environment: &EnvironmentName, amount: Usd) {
        let labels = EnvironmentLabels { environment: environment.clone() };
        let micros = u64::try_from(amount.as_micros()).unwrap_or(0);
        self.series.spend.get_or_create(&labels).inc_by(micros);
    }

    /// A checkpoint of the record up to this number was signed and kept. The number is shown too,
    /// so that an alarm can tell one that stands still.
    pub fn checkpointed(&self, seq: u64) {
        self.series.checkpoints.inc();
        self.series.checkpoint_seq.set(seq.try_into().unwrap_or(i64::MAX));
    }

    /// The database's write-ahead log has this size now. It is in bytes.
    pub fn set_wal(&self, bytes: u64) {
        self.series.wal.set(bytes.try_into().unwrap_or(i64::MAX));
    }

    /// A checkpoint could not be signed or kept. It is tried again, and each failure counts.
    pub fn checkpoint_failed(&self) {
        self.series.checkpoint_failures.inc();
    }
}

/// Returns a span in whole seconds.
pub(super) fn seconds(span: Duration) -> i64 {
    span.as_secs().try_into().unwrap_or(i64::MAX)
}

/// Returns an amount in dollars, for people and their dashboards; money is counted elsewhere.
#[expect(clippy::cast_precision_loss, reason = "exact up to nine billion dollars")]
pub(super) fn dollars(amount: Usd) -> f64 {
    amount.as_micros() as f64 / 1e6
}

/// Returns a count as a gauge holds it.
pub(super) fn whole(count: usize) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}
