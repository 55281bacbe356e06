//! Every metric there is: the one list.
//!
//! A metric is added here and nowhere else: the list makes its series, registers it, and names it
//! in [`METRICS`]. What counts for it is told through a method of `Metrics`.

use super::labels::{
    AccountLabels, BuildLabels, CallLabels, CodeLabels, EnvironmentLabels, HandshakeLabels,
    KeyLabels, KeyStateLabels, ListenerLabels, NotificationLabels, PauseLabels, RefusalLabels,
    ReloadLabels, RouteLabels, SinkLabels, ThresholdLabels, WebhookLabels,
};
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::sync::atomic::AtomicU64;

type Counters<L> = Family<L, Counter>;
type Gauges<L> = Family<L, Gauge>;
/// Amounts in dollars, which are no whole numbers.
type Dollars<L> = Family<L, Gauge<f64, AtomicU64>>;
type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// What a metric is called and what it tells. `docs/metrics.md` says the same; a test holds the two
/// together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricInfo {
    /// The whole name, with its unit, and without the endings of single series as `_total`. It
    /// begins with `ideogate_`.
    pub name: &'static str,
    /// The unit, when it has one. It is a base unit, as Prometheus asks for, but for money, which
    /// is in millionths of a dollar.
    pub unit: Option<&'static str>,
    /// What it tells, in one sentence.
    pub help: &'static str,
}

macro_rules! metrics {
    ($($field:ident: $type:ty = $new:expr, $name:literal $(+ $unit:literal)?, $help:literal;)*) => {
        /// The series behind the list.
        #[derive(Debug)]
        pub(super) struct Series { $(pub(super) $field: $type,)* }

        impl Series {
            pub(super) fn new(registry: &mut Registry) -> Self {
                let series = Self { $($field: $new,)* };
                $(register(registry, $name, [$($unit)?].first().copied(), $help, &series.$field);)*
                series
            }
        }

        /// Every metric, in the order in which `/metrics` shows them.
        pub const METRICS: &[MetricInfo] = &[$(MetricInfo {
            name: concat!("ideogate_", $name $(, "_", $unit)?),
            unit: metrics!(@unit $($unit)?),
            help: concat!($help, "."),
        },)*];
    };
    (@unit) => { None };
    (@unit $unit:literal) => { Some($unit) };
}

metrics! {
    build: Gauges<BuildLabels> = Family::default(), "build_info",
        "What is running; always 1";
    calls: Counters<CallLabels> = Family::default(), "calls",
        "Calls that ended, by outcome";
    refusals: Counters<CodeLabels> = Family::default(), "refusals",
        "Requests that the gateway refused itself, by code; the environment is empty where none was known yet";
    queue_wait: Histograms<EnvironmentLabels> = family(queue_wait), "queue_wait" + "seconds",
        "How long calls waited for their places";
    upstream_time: Histograms<RouteLabels> = family(upstream_time), "upstream_time" + "seconds",
        "How long Ideogram took to answer";
    gateway_time: Histogram = gateway_time(), "gateway_time" + "seconds",
        "How long the gateway itself took, without queue and Ideogram";
    places_in_use: Gauges<AccountLabels> = Family::default(), "places_in_use",
        "Places taken by calls in flight, those held for unknown calls included";
    places_held: Gauges<AccountLabels> = Family::default(), "places_held",
        "Places taken by calls whose outcome is unknown";
    places_cap: Gauges<AccountLabels> = Family::default(), "places_cap",
        "Places that the settings allow";
    places_effective_cap: Gauges<AccountLabels> = Family::default(), "places_effective_cap",
        "Places that Ideogram grants at the moment, as far as its refusals tell";
    queued: Gauges<EnvironmentLabels> = Family::default(), "queued_calls",
        "Calls that wait for places";
    open_intents: Gauge = Gauge::default(), "open_intents",
        "Calls on record whose outcome is not";
    journal_batch: Histogram = journal_batch(), "journal_batch_bundles",
        "Bundles that were committed together";
    journal_commit: Histogram = journal_commit(), "journal_commit" + "seconds",
        "How long a commit took, until it was durable";
    journal_healthy: Gauge = Gauge::default(), "journal_healthy",
        "Whether calls can be put on record: 1 or 0";
    spilled: Counter = Counter::default(), "journal_spilled_bundles",
        "Bundles that went to the spill file because the database failed";
    upstream_refusals: Counters<RefusalLabels> = Family::default(), "upstream_refusals",
        "Answers of Ideogram's with status 429 or 401";
    echoed_keys: Counters<AccountLabels> = Family::default(), "echoed_keys",
        "Answers of Ideogram's that held our key, which was overwritten";
    drift: Counters<AccountLabels> = Family::default(), "drift",
        "Times that somebody else was seen to use the account's places";
    body_memory: Gauge = Gauge::default(), "body_memory" + "bytes",
        "Memory that bodies take";
    body_disk: Gauge = Gauge::default(), "body_disk" + "bytes",
        "Disk that bodies take";
    connections: Gauges<ListenerLabels> = Family::default(), "connections",
        "Open connections of clients";
    active_tokens: Gauge = Gauge::default(), "active_tokens",
        "Tokens that can be used now";
    budget_thresholds: Counters<ThresholdLabels> = Family::default(), "budget_thresholds",
        "Budgets that were used up to a threshold, by percent";
    old_secrets: Counters<EnvironmentLabels> = Family::default(), "old_secret_requests",
        "Requests that came with a token's old secret while a newer one is there";
    paused: Gauges<PauseLabels> = Family::default(), "paused",
        "Whether operators paused calls: all, those of an account or those of an environment";
    breaker_open: Gauges<AccountLabels> = Family::default(), "balance_breaker_open",
        "Whether calls are stopped because Ideogram said that the balance is used up";
    balance: Gauges<AccountLabels> = Family::default(), "account_balance" + "usd_micros",
        "What should be left on an account whose balance an operator told, in millionths of a dollar";
    spend: Counters<EnvironmentLabels> = Family::default(), "spend" + "usd_micros",
        "Money charged, in millionths of a dollar";
    checkpoints: Counter = Counter::default(), "audit_checkpoints",
        "Checkpoints of the audit record that were signed and kept";
    checkpoint_failures: Counter = Counter::default(), "audit_checkpoint_failures",
        "Checkpoints of the audit record that could not be signed or kept";
    checkpoint_seq: Gauge = Gauge::default(), "audit_checkpoint_record",
        "The number of the last audit record that a checkpoint was signed for";
    tls_expiry: Gauges<ListenerLabels> = Family::default(), "tls_certificate_expiry" + "seconds",
        "When the certificate of a listener expires, in seconds since 1970";
    tls_failures: Counters<HandshakeLabels> = Family::default(), "tls_handshake_failures",
        "Connections that were not let in because they did not get as far as TLS, by reason";
    webhooks: Counters<WebhookLabels> = Family::default(), "webhooks",
        "Deliveries of webhooks, by what became of them";
    dropped_lines: Counters<SinkLabels> = Family::default(), "dropped_lines",
        "Lines of the log and on stdout that nobody got, because their reader was gone, slow or full";
    reloads: Counters<ReloadLabels> = Family::default(), "config_reloads",
        "Reloads of the settings, by what came of them";
    reloaded: Gauge = Gauge::default(), "config_reloaded_timestamp" + "seconds",
        "When other settings were last put in force, in seconds since 1970; 0 if not since the start";
    wal: Gauge = Gauge::default(), "wal" + "bytes",
        "Size of the database's write-ahead log, which grows while somebody reads for long";
    archived_records: Counter = Counter::default(), "archived_records",
        "Records that left the database for a segment";
    archive_failures: Counter = Counter::default(), "archive_failures",
        "Times that old records could not be moved, or segments not deleted";
    segments: Gauge = Gauge::default(), "segments",
        "Segments on record whose files were not deleted";
    segment_size: Gauge = Gauge::default(), "segment" + "bytes",
        "Size of all segments on record whose files were not deleted";
    record_first: Gauge = Gauge::default(), "record_first",
        "The number of the first record that is in the database";
    database: Gauge = Gauge::default(), "database" + "bytes",
        "What the database holds, without its free pages and its write-ahead log";
    database_max: Gauge = Gauge::default(), "database_max" + "bytes",
        "What the settings let the database hold; 0 without a bound";
    budget_limit: Dollars<EnvironmentLabels> = Family::default(), "budget_limit" + "usd",
        "The budget of an environment of which the least is left, of its day or its month";
    budget_remaining: Dollars<EnvironmentLabels> = Family::default(), "budget_remaining" + "usd",
        "What is left of that budget";
    key_state: Gauges<KeyStateLabels> = Family::default(), "key_state",
        "How the key of an environment is: 1 for the state that it is in, 0 for the others";
    key_age: Gauges<KeyLabels> = Family::default(), "key_age" + "seconds",
        "How long the key of an environment is in service";
    checkpoint_age: Gauge = Gauge::default(), "checkpoint_age" + "seconds",
        "How long ago the end of the record was last known to be signed and kept";
    backup_age: Gauge = Gauge::default(), "backup_age" + "seconds",
        "How long ago the last backup was made that was kept; before the first, how old the record is";
    notifications: Counters<NotificationLabels> = Family::default(), "notifications",
        "Notifications and tries of them, by what became of them";
    notifications_waiting: Gauge = Gauge::default(), "notifications_waiting",
        "Notifications that wait to be delivered";
    disk_free: Gauge = Gauge::default(), "disk_free" + "bytes",
        "What is free on the disk of the data folder";
}

/// Registers a metric; its unit becomes part of its name, as `OpenMetrics` wants it.
fn register<M>(
    registry: &mut Registry,
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    metric: &M,
) where
    M: prometheus_client::registry::Metric + Clone,
{
    match unit {
        None => registry.register(name, help, metric.clone()),
        Some(unit) => {
            let unit = match unit {
                "seconds" => Unit::Seconds,
                "bytes" => Unit::Bytes,
                other => Unit::Other(other.to_owned()),
            };
            registry.register_with_unit(name, help, unit, metric.clone());
        }
    }
}

/// Returns histograms that are told apart by labels and have the same bounds.
fn family<L: Clone + std::hash::Hash + Eq>(new: fn() -> Histogram) -> Histograms<L> {
    Family::new_with_constructor(new)
}

/// Returns a histogram in seconds, from a millisecond to ten minutes.
fn queue_wait() -> Histogram {
    Histogram::new([
        0.001, 0.01, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0,
    ])
}

/// Returns a histogram in seconds, for work that takes from parts of a second to minutes.
fn upstream_time() -> Histogram {
    Histogram::new([0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 180.0])
}

/// Returns a histogram in seconds, from half a millisecond on.
fn gateway_time() -> Histogram {
    Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5])
}

/// Returns a histogram of bundles, in powers of two.
fn journal_batch() -> Histogram {
    Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0])
}

/// Returns a histogram in seconds, from a tenth of a millisecond on.
fn journal_commit() -> Histogram {
    Histogram::new([
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0,
    ])
}
