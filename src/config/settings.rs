//! The settings as the rest of the house uses them: read, checked and complete.

use super::{EffectiveSettings, NotifySettings, Review};
use super::{
    environment_off::EnvironmentOff,
    webhooks::{WebhookMode, Webhooks},
};
use crate::domain::{
    AccountName, AddressDetail, EnvironmentName, PriceTable, RouteName, RouteTable, ScopeSet, Usd,
};
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

/// Everything that can be set; `config/default.toml` documents each key.
///
/// Each field was read and checked, and those that depend on each other fit. They are replaced whole: see
/// [`LiveSettings`](super::LiveSettings).
#[derive(Debug, Clone)]
pub struct Settings {
    /// `[listen]`
    pub listen: Listen,
    /// `[data]`
    pub data: Data,
    /// `[accounts.NAME]`
    pub accounts: BTreeMap<AccountName, AccountSettings>,
    /// `[environments.NAME]`
    pub environments: BTreeMap<EnvironmentName, Arc<EnvironmentSettings>>,
    /// `[environments.NAME] key`: the variable that holds the key, where it is another than usual.
    pub key_variables: BTreeMap<EnvironmentName, Box<str>>,
    /// `[queue]`
    pub queue: QueueSettings,
    /// `[tokens]`
    pub tokens: TokenSettings,
    /// `[bodies]`
    pub bodies: Bodies,
    /// `[door]`
    pub door: DoorSettings,
    /// `[audit]`
    pub audit: Audit,
    /// `[log]`
    pub log: LogSettings,
    /// `[shutdown]`
    pub shutdown: Shutdown,
    /// `[operators]`
    pub operators: OperatorSettings,
    /// `[keys]`
    pub keys: KeySettings,
    /// `[review]`
    pub review: Review,
    /// The compiled-in route table with the operator's changes.
    pub routes: Arc<RouteTable>,
    /// The compiled-in price table with the operator's prices instead, where there are some.
    pub prices: Arc<PriceTable>,
    /// `[webhooks]`
    pub webhooks: Webhooks,
    /// `[notify]`
    pub notify: NotifySettings,
    /// Each setting as text, with the place it comes from.
    pub shown: Arc<EffectiveSettings>,
}

impl Settings {
    /// Returns an environment whose tokens may make calls, or why they may not.
    pub fn enabled(
        &self,
        name: &EnvironmentName,
    ) -> Result<&Arc<EnvironmentSettings>, EnvironmentOff> {
        match self.environments.get(name) {
            Some(environment) if environment.enabled => Ok(environment),
            Some(_) => Err(EnvironmentOff::Disabled(name.clone())),
            None => Err(EnvironmentOff::Gone(name.clone())),
        }
    }
}

/// `[listen]`: where clients and operators connect.
///
/// The two addresses never collide.
#[derive(Debug, Clone)]
pub struct Listen {
    /// The data plane's address; port 0 picks a free one.
    pub proxy: SocketAddr,
    /// The control plane's address; port 0 picks a free one.
    pub admin: SocketAddr,
    /// How clients reach the data plane from outside, without a trailing slash.
    pub public_url: Option<Box<str>>,
    /// What both listeners show to speak TLS; without it they speak plain HTTP.
    pub tls: Option<TlsFiles>,
    /// What the admin listener shows instead.
    pub admin_tls: Option<TlsFiles>,
    /// Whether plain HTTP may be served on an address other than loopback.
    pub allow_plaintext: bool,
    /// Host names that the admin listener answers to, beside loopback names.
    pub admin_hosts: Vec<Box<str>>,
}

impl Listen {
    /// Returns what the admin listener shows to speak TLS, its own or the common one.
    pub fn tls_of_admin(&self) -> Option<&TlsFiles> {
        self.admin_tls.as_ref().or(self.tls.as_ref())
    }
}

/// A certificate and its key, as files.
///
/// They are read at the start, again when they change, and at SIGHUP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// A PEM certificate chain, the listener's own certificate first.
    pub certificate: PathBuf,
    /// The PEM private key of that certificate.
    pub key: PathBuf,
}

/// `[data]`: where everything durable is.
///
/// Nobody but this user may enter the folder.
#[derive(Debug, Clone)]
pub struct Data {
    /// The data folder.
    pub dir: PathBuf,
    /// Where the record is kept.
    pub database: Database,
    /// The largest size the database may grow to, in bytes; 0 means no bound.
    pub max_size: u64,
}

/// Where the record is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// In an `SQLite` file in the data folder.
    Sqlite,
}

/// How places are counted.
///
/// Ideogram's limit counts images and videos in flight, not requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountBy {
    /// Each image takes a place, as Ideogram counts.
    Images,
    /// Each request takes one place.
    Requests,
}

/// `[accounts.NAME]`: an Ideogram organization, or the simulator.
///
/// The cap and the balance are Ideogram's for the organization, whatever keys and environments share it.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// Origin of the API, without a path. `None` means the simulator inside this process.
    pub base_url: Option<http::Uri>,
    /// The cap: places in flight at most.
    pub max_in_flight: u32,
    /// How places are counted.
    pub count: CountBy,
    /// How long a call may take once sent.
    pub timeout: Duration,
    /// How long the places of an unknown call stay taken.
    pub place_ttl: Duration,
    /// The balance below which Ideogram tops up, if that is switched on there, and below which we warn.
    pub top_up_threshold: Usd,
    /// The balance that Ideogram tops up to.
    pub top_up_balance: Usd,
    /// The most that all its environments together may spend in a UTC day.
    pub daily_budget: Option<Usd>,
    /// The most that all its environments together may spend in a UTC month.
    pub monthly_budget: Option<Usd>,
    /// Who hears of it when a generation ends.
    pub webhooks: WebhookMode,
    /// The vendor's user that its webhooks must name; `None` means the first one that does.
    pub user_id: Option<Box<str>>,
}

/// `[environments.NAME]`: the limits of its tokens.
///
/// A token cannot be granted more than `scopes`.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentSettings {
    /// Whether its tokens may make calls.
    pub enabled: bool,
    /// The account it uses.
    pub account: AccountName,
    /// The limit of its tokens' scopes.
    pub scopes: ScopeSet,
    /// Its share of turns in the queue, 1 or more.
    pub weight: u32,
    /// Places held back for it while it is active.
    pub reserved_places: u32,
    /// How long its calls wait in the queue unless they ask otherwise; `None` means the queue's.
    pub queue_timeout: Option<Duration>,
    /// The most spend in a UTC day.
    pub daily_budget: Option<Usd>,
    /// The most spend in a UTC month.
    pub monthly_budget: Option<Usd>,
    /// How long new tokens live unless told otherwise.
    pub token_lifetime: Duration,
    /// Whether an answer that nobody received is kept for an identical retry.
    pub recover_answers: bool,
    /// What all its tokens must keep to, whatever they were granted.
    pub policy: Policy,
    /// What `write:limited` means here.
    pub limited: Limited,
}

/// `[environments.NAME.policy]`: rules for all tokens of an environment; a token can only be narrower.
/// What is absent or empty is not ruled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// The most images per call.
    pub max_images: Option<u32>,
    /// The most places one token may hold at once.
    pub max_places: Option<u32>,
    /// The most requests a minute of one token.
    pub requests_per_minute: Option<u32>,
    /// The models that may be named, custom ones included.
    pub models: Vec<String>,
    /// The rendering speeds that may be named.
    pub speeds: Vec<String>,
    /// The hosts that may receive webhooks.
    pub webhook_hosts: Vec<String>,
    /// The hosts that `image_urls` may point to.
    pub image_hosts: Vec<String>,
    /// The networks that calls may come from.
    pub cidrs: Vec<ipnet::IpNet>,
}

/// `[environments.NAME.limited]`: the small set behind `write:limited`.
///
/// Where `write:limited` is granted, at least one of them is set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limited {
    /// The routes; empty means all that the scope allows.
    pub routes: Vec<RouteName>,
    /// The rendering speeds; empty means all.
    pub speeds: Vec<Box<str>>,
    /// The most images per call.
    pub max_images: Option<u32>,
    /// The most spend in a UTC day of each such token.
    pub daily_budget: Option<Usd>,
}

impl Limited {
    /// Says whether nothing is limited.
    pub fn is_open(&self) -> bool {
        self.routes.is_empty()
            && self.speeds.is_empty()
            && self.max_images.is_none()
            && self.daily_budget.is_none()
    }
}

/// `[queue]`: how calls wait.
///
/// `timeout` is never longer than `max_timeout`.
#[derive(Debug, Clone)]
pub struct QueueSettings {
    /// Calls that may wait at once, per account.
    pub capacity: usize,
    /// How long a call waits unless it asks otherwise.
    pub timeout: Duration,
    /// The longest wait that may be asked for.
    pub max_timeout: Duration,
}

/// `[tokens]`: what holds for tokens that say nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenSettings {
    /// The most requests a minute of a token without a rate of its own; `None` means any number.
    pub default_rate: Option<u32>,
}

/// `[bodies]`: what request and answer bodies may take, in bytes.
#[derive(Debug, Clone)]
pub struct Bodies {
    /// Memory for all bodies together.
    pub memory: u64,
    /// Disk for all bodies together.
    pub disk: u64,
    /// Memory and disk for the bodies of one token.
    pub per_token: u64,
    /// Disk that must stay free.
    pub min_free: u64,
    /// The largest answer.
    pub max_answer: u64,
}

/// `[door]`: limits for connections of the data plane.
///
/// Fewer connections are served where the process may open too few files.
#[derive(Debug, Clone)]
pub struct DoorSettings {
    /// How long the header may take to arrive.
    pub header_timeout: Duration,
    /// How long a body may stand still.
    pub body_idle_timeout: Duration,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// Connections in all.
    pub max_connections: usize,
    /// Connections from one address.
    pub max_connections_per_address: usize,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
}

/// `[audit]`
///
/// How the record is told and signed.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Whether each record is printed on stdout as an `[AUDIT]` line, and each checkpoint too.
    pub stdout: bool,
    /// After so many new records the head is signed.
    pub checkpoint_records: u64,
    /// After so long the head is signed, if there are new records.
    pub checkpoint_interval: Duration,
    /// The file that checkpoints are added to; `None` means `checkpoints` in the data folder.
    pub checkpoint_file: Option<PathBuf>,
    /// How much of network addresses goes on record.
    pub client_addr: AddressDetail,
    /// How long records stay in the database; `None` means for ever.
    pub keep: Option<Duration>,
    /// How long segments stay, never shorter than `keep`; `None` means for ever.
    pub archive_keep: Option<Duration>,
    /// The folder that segments are in; `None` means `segments` in the data folder.
    pub archive_dir: Option<PathBuf>,
}

/// `[log]`
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// A `tracing` filter, as in `info` or `ideogate=debug`.
    pub filter: Box<str>,
    /// How lines are written.
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[shutdown]`
#[derive(Debug, Clone)]
pub struct Shutdown {
    /// How long sent calls may take to finish.
    pub deadline: Duration,
}

/// `[operators]`: who administers the gateway over the network.
///
/// Whoever may open the Unix socket is an admin anyway.
#[derive(Debug, Clone)]
pub struct OperatorSettings {
    /// Failed attempts a minute, from one address, after which nobody there is let in for a while.
    pub attempts_per_minute: u32,
    /// How long a new operator token lives unless told otherwise.
    pub token_lifetime: Duration,
}

/// `[keys]`: how Ideogram's keys are exchanged while the gateway runs.
///
/// Files are also looked at when SIGHUP comes and when somebody rotates.
#[derive(Debug, Clone)]
pub struct KeySettings {
    /// How often files with keys are looked at.
    pub look_every: Duration,
    /// The last four characters of keys that are used although they were retired.
    pub allow_retired: Vec<Box<str>>,
}
