//! A gateway that is built and serves nobody yet.
//!
//! The order is the promise: what can fail without a trace comes before what leaves one.

use super::{
    DataFolder, Reload, Running, ServiceManager, SettingsSource, StartOptions,
    admin_server::AdminServer,
    audit_lines::{LinesOut, write_lines},
    background,
    build_inputs::BuildInputs,
    certificates::Certificates,
    checkpoints::{Checkpoints, checkpoint_file},
    clock::clock_doubt,
    commit_metrics::CommitMetrics,
    listeners::{Listeners, from_here},
    reloading::ReloadDesk,
    servers,
    services::Services,
    simulator_here::SimulatorHere,
};
use crate::{
    admin::ReloadHandle,
    audit::{
        HashChain, take_up,
        trust::{LogResumption, Notary},
    },
    calls::Recovered,
    config::{Doubts, Secrets, Settings},
    domain::{Clock, EnvironmentName},
    store::{Store, StoreOptions},
    tasks::Tasks,
    telemetry::{LogHandle, Metrics},
    web::Serving,
};
use anyhow::Context;
use std::sync::Arc;

/// What has to be there before the first request: the data folder held, addresses bound, the record
/// open and still the one that was signed, all rooms built.
///
/// Dropping it gives everything back, and nobody was served.
pub(super) struct Prepared {
    /// The data folder, held.
    folder: DataFolder,
    /// What the listeners show.
    certificates: Certificates,
    /// Where they are bound.
    listeners: Listeners,
    /// How clients reach the data plane.
    public_url: String,
    /// The database.
    store: Store,
    /// The simulator, if an account asks for it.
    simulator: Option<SimulatorHere>,
    /// What serves.
    services: Services,
    /// Where lines about the record go.
    lines: Option<LinesOut>,
    /// What signs the record.
    checkpoints: Checkpoints,
    /// The keys, until they are in their slots alone.
    secrets: Secrets,
    /// What works and deserves a look.
    doubts: Doubts,
    /// What the settings are reloaded with.
    reloads: Reloads,
}

/// What the settings are reloaded with.
struct Reloads {
    /// Where they are read from.
    source: SettingsSource,
    /// Changes what is logged.
    log: Option<LogHandle>,
    /// Who is told of it.
    manager: ServiceManager,
}

impl Prepared {
    /// Builds it all; what cannot be used is told before anything is changed.
    ///
    /// It is an error if the record is not the one that was signed last.
    pub(super) async fn load(options: StartOptions) -> anyhow::Result<Self> {
        // Certificates first, for a wrong one must not leave even a folder behind.
        let certificates = Certificates::open(&options.settings.listen)?;
        // Before the socket, which is in it, and before anything reads the record.
        let folder = DataFolder::hold(&options.settings.data.dir)?;
        let listeners = Listeners::bind(&options.settings, options.handed_over).await?;
        let public_url = listeners.public_url(&options.settings)?;
        let local_url = format!("http://{}", from_here(listeners.proxy.local_addr()?));
        let (tasks, settings) = (Tasks::default(), Arc::new(options.settings));
        let (clock, secrets) = (options.clock, options.secrets);
        let metrics = Metrics::with(options.dropped);
        metrics.expect(&settings);
        let store = open_store(&settings, &clock, &metrics)?;
        store.journal().keep_addresses(settings.audit.client_addr);
        tell_clock(&store, &*clock)?;
        let notary = resume_log(&settings, &store, &clock)?;
        let urls = (public_url.as_str(), local_url.as_str());
        let simulator = SimulatorHere::start(&settings, urls, &clock, &tasks).await?;
        let services = Services::build(&BuildInputs {
            settings,
            secrets: &secrets,
            clock,
            tasks,
            store: &store,
            simulator: simulator.as_ref(),
            metrics,
            public_url: urls.0,
            local_url: urls.1,
            notary,
        })?;
        let lines = options.audit_lines.map(LinesOut::new);
        if let Some(out) = &lines {
            write_lines(&services.tasks, &services.journal, out.clone());
        }
        let checkpoints = Checkpoints::new(&services, lines.clone());
        Ok(Self {
            folder,
            certificates,
            listeners,
            public_url,
            store,
            simulator,
            services,
            lines,
            checkpoints,
            secrets,
            doubts: options.doubts,
            reloads: Reloads { source: options.source, log: options.log, manager: options.manager },
        })
    }

    /// Puts right what an earlier run left behind, before anything new is taken on.
    ///
    /// The ledger, the pauses and the balances come back first, then calls that an earlier run left open
    /// become unknown, then keys are taken up. A crash in the middle does no harm: the next start begins
    /// again.
    pub(super) async fn settle(&self) -> anyhow::Result<()> {
        let services = &self.services;
        services.restore_ledger().await?;
        services.restore_pauses().await?;
        services.restore_balances().await?;
        let found = services.calls.recover().await?;
        if found != Recovered::default() {
            tracing::warn!(
                unknown = found.unknown,
                held = found.held,
                pending = found.pending,
                "an earlier run left calls behind; unknown ones keep their places for their time"
            );
        }
        services.keys.adopt().await?;
        tell(&self.secrets);
        Ok(())
    }

    /// Serves clients and operators from now on.
    ///
    /// Standing work begins before the first connection is accepted.
    pub(super) fn serve(self) -> anyhow::Result<Running> {
        let Self { services, listeners, certificates, simulator, checkpoints, .. } = self;
        // From here on the keys are in their slots alone.
        drop(self.secrets);
        let clients = Serving::draining_first(services.tasks.clone());
        let operators = AdminServer::default();
        let reload = Reload::default();
        services.keys.watch(&reload.asked());
        background::start(&services);
        checkpoints.stand(&services.tasks);
        let (proxy, admin) = (listeners.proxy.local_addr()?, listeners.admin.local_addr()?);
        let Listeners { proxy: port, admin: network, socket: local, socket_path } = listeners;
        let [port, network] =
            certificates.ports([port, network], &services.settings.now().listen, &services.metrics);
        certificates.watch(&services, &reload);
        let pictures = simulator.as_ref().map(SimulatorHere::pictures);
        servers::serve_clients(&services, port, pictures, &clients);
        let (settings, orders) = ReloadHandle::pair();
        let Reloads { source, log, manager } = self.reloads;
        let desk = ReloadDesk {
            rooms: services.clone(),
            source,
            log,
            files: reload.clone(),
            manager,
            simulator_key: simulator.as_ref().map(SimulatorHere::key),
        };
        services.tasks.spawn_background("reloads", desk.serve(orders));
        let asked = (self.doubts, settings.clone());
        servers::serve_operators(&services, (network, local), asked, &operators);
        Ok(Running {
            services,
            store: self.store,
            proxy,
            admin,
            socket: socket_path,
            public_url: self.public_url,
            clients,
            operators,
            reload,
            settings,
            simulator,
            lines: self.lines,
            checkpoints,
            _folder: self.folder,
        })
    }
}

/// Opens the database, or makes it.
fn open_store(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    metrics: &Arc<Metrics>,
) -> anyhow::Result<Store> {
    Store::open(StoreOptions {
        dir: settings.data.dir.clone(),
        max_size: settings.data.max_size,
        seal: Arc::new(HashChain),
        clock: Arc::clone(clock),
        watch: Arc::new(CommitMetrics(Arc::clone(metrics))),
    })
    .with_context(|| format!("the database in {} cannot be opened", settings.data.dir.display()))
}

/// The times of records never lead to anything being refused, so it is told and nothing more.
fn tell_clock(store: &Store, clock: &dyn Clock) -> anyhow::Result<()> {
    if let Some(doubt) = clock_doubt(&store.reader(), clock.now())? {
        tracing::warn!("{doubt}");
    }
    Ok(())
}

/// Takes up the log where an earlier run left it, if the record is still the one that was signed.
///
/// It is an error otherwise, and the start is refused: signing on would make the change look right.
fn resume_log(
    settings: &Settings,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Arc<Notary>> {
    let (dir, file) = (&settings.data.dir, checkpoint_file(settings));
    let log = LogResumption { dir, file: &file, reader: &store.reader(), clock: Arc::clone(clock) };
    let notary = take_up(&log)?;
    tracing::info!(key = %notary.key(), "audit checkpoints are signed; note this key elsewhere");
    Ok(Arc::new(notary))
}

/// Says which environments can be used, and which share a key.
fn tell(secrets: &Secrets) {
    for missing in secrets.missing() {
        tracing::warn!(environment = %missing.environment, "environment disabled: {}", missing.how);
    }
    for group in secrets.shared() {
        let names: Vec<_> = group.iter().map(EnvironmentName::as_str).collect();
        tracing::info!(environments = names.join(","), "these environments share one key");
    }
}
