//! The rooms, built whole from the settings.
//!
//! Each is built once and handed to those that use it; none looks another one up.

use super::{
    archive_rules::archive_rules,
    build_inputs::{BuildInputs, base_url},
    keys, notifications, webhook_door,
};
use crate::{
    accounts::{AccountLink, Accounts, Breaker},
    admission::{Admission, AdmissionOptions, GateOptions, LaneOptions},
    answers::{Answers, ClaimRegistry, SealedAnswers},
    archive::{Mover, MoverServices},
    audit::{RefusalBook, trust::Notary},
    backup::{BackupServices, Backups},
    calls::{CallServices, Calls},
    config::{AccountSettings, LiveSettings, Settings},
    domain::{AccountName, Clock},
    keys::{Keys, TagKey},
    ledger::Ledger,
    notify::Notifier,
    operators::Operators,
    persons::Persons,
    proxy::WebhookDoor,
    spool::{SpoolBudget, SpoolLimits},
    store::{Journal, Reader, make_folder},
    tasks::Tasks,
    telemetry::Metrics,
    tokens::Tokens,
    upstream::{Upstream, UpstreamOptions},
};
use anyhow::Context;
use arc_swap::ArcSwap;
use std::sync::Arc;

/// Everything that serves; clones share it.
///
/// Dropping a clone ends nothing.
#[derive(Debug, Clone)]
pub(super) struct Services {
    /// The settings in force.
    pub(super) settings: LiveSettings,
    /// Tells the time.
    pub(super) clock: Arc<dyn Clock>,
    /// Runs what goes on by itself.
    pub(super) tasks: Tasks,
    /// Makes records durable.
    pub(super) journal: Journal,
    /// Reads the record.
    pub(super) reader: Reader,
    /// The tokens.
    pub(super) tokens: Tokens,
    /// The operators.
    pub(super) operators: Operators,
    /// End users.
    pub(super) persons: Persons,
    /// Reaches the accounts.
    pub(super) accounts: Accounts,
    /// Gives places to calls.
    pub(super) admission: Admission,
    /// Counts money.
    pub(super) ledger: Ledger,
    /// Holds bodies.
    pub(super) spool: Arc<SpoolBudget>,
    /// Counts refusals.
    pub(super) refusals: Arc<RefusalBook>,
    /// Sends calls.
    pub(super) calls: Calls,
    /// Exchanges Ideogram's keys.
    pub(super) keys: Keys,
    /// Counts what is measured.
    pub(super) metrics: Arc<Metrics>,
    /// Receives webhooks.
    pub(super) webhooks: WebhookDoor,
    /// Signs the record's end.
    pub(super) notary: Arc<Notary>,
    /// Moves old days of the record.
    pub(super) archive: Mover,
    /// Makes backups.
    pub(super) backups: Backups,
    /// Tells somebody what needs them.
    pub(super) notifier: Notifier,
}

impl Services {
    /// Builds all rooms; nothing runs yet.
    ///
    /// It is an error if tokens or operators cannot be loaded, a folder cannot be used, or an account has an
    /// address that no client can be made for. Ideogram is not asked anything.
    pub(super) fn build(ground: &BuildInputs<'_>) -> anyhow::Result<Self> {
        let settings = Arc::clone(&ground.settings);
        let live = LiveSettings::new(Arc::clone(&settings));
        let (clock, tasks) = (Arc::clone(&ground.clock), ground.tasks.clone());
        let (journal, reader) = (ground.store.journal(), ground.store.reader());
        let tokens = Tokens::load(
            journal.clone(),
            reader.clone(),
            Arc::clone(&clock),
            live.clone(),
            tasks.clone(),
        )
        .context("tokens cannot be loaded")?;
        let operators = operators(&settings, &journal, &reader, &clock, &tasks)?;
        let persons = persons(&settings, &journal, &reader, &clock, &tasks)?;
        let admission = Admission::new(admission_options(&settings));
        let spool = spool(&settings)?;
        let tags = keys::tags(ground)?;
        let accounts = accounts(ground, &spool, &tags)?;
        let keys = keys::room(ground, &accounts, tags);
        let ledger = Ledger::new(Arc::clone(&clock));
        let metrics = Arc::clone(&ground.metrics);
        let services = CallServices {
            journal: journal.clone(),
            reader: reader.clone(),
            tokens: tokens.clone(),
            accounts: accounts.clone(),
            admission: admission.clone(),
            answers: Answers::new(Arc::clone(&clock)),
            claims: ClaimRegistry::new(Arc::clone(&clock)),
            sealed: sealed(&settings)?,
            spool: Arc::clone(&spool),
            settings: live.clone(),
            ledger: ledger.clone(),
            tasks: tasks.clone(),
            clock: Arc::clone(&clock),
            metrics: Arc::clone(&metrics),
        };
        Ok(Self {
            refusals: Arc::new(RefusalBook::new(Arc::clone(&clock))),
            archive: archive(ground, live.clone()),
            backups: backups(ground)?,
            calls: Calls::new(services),
            keys,
            webhooks: webhook_door::build(ground)?,
            settings: live,
            clock,
            tasks,
            journal,
            reader,
            tokens,
            operators,
            persons,
            accounts,
            admission,
            ledger,
            spool,
            metrics,
            notary: Arc::clone(&ground.notary),
            notifier: notifications::build(ground)?,
        })
    }
}

/// Returns what moves old days of the record.
fn archive(ground: &BuildInputs<'_>, settings: LiveSettings) -> Mover {
    Mover::new(MoverServices {
        reader: ground.store.reader(),
        journal: ground.store.journal(),
        notary: Arc::clone(&ground.notary),
        tasks: ground.tasks.clone(),
        clock: Arc::clone(&ground.clock),
        metrics: Arc::clone(&ground.metrics),
        rules: Arc::new(move || archive_rules(&settings.now())),
    })
}

/// Returns what makes backups, and removes what an earlier run left of one.
fn backups(ground: &BuildInputs<'_>) -> anyhow::Result<Backups> {
    let opened = Backups::open(BackupServices {
        dir: ground.settings.data.dir.clone(),
        min_free: ground.settings.bodies.min_free,
        reader: ground.store.reader(),
        journal: ground.store.journal(),
        notary: Arc::clone(&ground.notary),
        clock: Arc::clone(&ground.clock),
        tasks: ground.tasks.clone(),
    });
    opened.context("backups cannot be made")
}

/// Loads the operators.
fn operators(
    settings: &Settings,
    journal: &Journal,
    reader: &Reader,
    clock: &Arc<dyn Clock>,
    tasks: &Tasks,
) -> anyhow::Result<Operators> {
    let (journal, reader) = (journal.clone(), reader.clone());
    let lifetime = settings.operators.token_lifetime;
    Operators::load(journal, reader, Arc::clone(clock), lifetime, tasks.clone())
        .context("operators cannot be loaded")
}

/// Takes up the key that the names of end users are kept under.
fn persons(
    settings: &Settings,
    journal: &Journal,
    reader: &Reader,
    clock: &Arc<dyn Clock>,
    tasks: &Tasks,
) -> anyhow::Result<Persons> {
    let (journal, reader) = (journal.clone(), reader.clone());
    Persons::load(&settings.data.dir, journal, reader, Arc::clone(clock), tasks.clone())
        .context("end users cannot be known")
}

/// Returns the accounts with their caps, and the environments with their weights.
pub(super) fn admission_options(settings: &Settings) -> AdmissionOptions {
    let lanes = |account: &AccountName| {
        let of_account = settings.environments.iter().filter(|(_, env)| env.account == *account);
        of_account
            .map(|(name, environment)| LaneOptions {
                name: name.clone(),
                weight: environment.weight,
                reserved_places: environment.reserved_places,
            })
            .collect()
    };
    let gate = |(name, account): (&AccountName, &AccountSettings)| GateOptions {
        name: name.clone(),
        cap: account.max_in_flight,
        environments: lanes(name),
    };
    let accounts = settings.accounts.iter().map(gate).collect();
    AdmissionOptions { queue_capacity: settings.queue.capacity, accounts }
}

/// Makes the room for bodies, in the data folder.
fn spool(settings: &Settings) -> anyhow::Result<Arc<SpoolBudget>> {
    let bodies = &settings.bodies;
    let limits = SpoolLimits {
        memory: bodies.memory,
        disk: bodies.disk,
        per_token: bodies.per_token,
        min_free: bodies.min_free,
    };
    let dir = settings.data.dir.join("spool");
    make_folder(&dir)
        .and_then(|()| SpoolBudget::new(limits, &dir))
        .with_context(|| format!("{} cannot be used for bodies", dir.display()))
}

/// Opens the room for kept answers, in the data folder.
fn sealed(settings: &Settings) -> anyhow::Result<SealedAnswers> {
    let dir = &settings.data.dir;
    SealedAnswers::open(dir, settings.bodies.min_free)
        .with_context(|| format!("answers cannot be kept in {}", dir.display()))
}

/// Returns the way to Ideogram of each account.
fn accounts(
    ground: &BuildInputs<'_>,
    spool: &Arc<SpoolBudget>,
    tags: &TagKey,
) -> anyhow::Result<Accounts> {
    let accounts = ground.settings.accounts.iter();
    let links = accounts.map(|(name, account)| {
        Ok((name.clone(), Arc::new(link(ground, (name, account), spool, tags)?)))
    });
    Ok(Accounts::new(links.collect::<anyhow::Result<_>>()?))
}

/// Returns the way to Ideogram of one account, with its keys.
fn link(
    ground: &BuildInputs<'_>,
    (name, account): (&AccountName, &AccountSettings),
    spool: &Arc<SpoolBudget>,
    tags: &TagKey,
) -> anyhow::Result<AccountLink> {
    let upstream = Upstream::new(UpstreamOptions {
        account: name.clone(),
        base_url: base_url(ground, account)?,
        timeout: account.timeout,
        max_answer: ground.settings.bodies.max_answer,
        idle: UpstreamOptions::IDLE,
        extra_roots: Vec::new(),
        budget: Arc::clone(spool),
        tasks: ground.tasks.clone(),
    })
    .with_context(|| format!("account {name} cannot be reached"))?;
    let keys = keys::slots(ground, (name, account), &upstream, tags)?;
    let breaker = Breaker::new(Arc::clone(&ground.clock));
    let (count, place_ttl) = (account.count, account.place_ttl);
    let vendor_user = account.user_id.clone();
    let keys = ArcSwap::from_pointee(keys);
    Ok(AccountLink {
        upstream,
        keys,
        breaker,
        is_simulator: account.base_url.is_none(),
        timeout: account.timeout,
        count,
        place_ttl,
        vendor_user,
    })
}
