//! A gateway that is built and serves nobody yet.

use super::{
    DataFolder, Reload, Running, StartOptions,
    admin_server::AdminServer,
    audit_lines::{LinesOut, write_lines},
    background,
    build_inputs::BuildInputs,
    certificates::Certificates,
    checkpoints::{Checkpoints, checkpoint_file},
    clock::clock_doubt,
    commit_metrics::CommitMetrics,
    listeners::{Listeners, from_here},
    servers,
    services::Services,
    simulator_here::SimulatorHere,
};
use crate::{
    audit::{
        HashChain,
        trust::{LogResumption, Notary},
    },
    calls::Recovered,
    config::{Doubts, Secrets, Settings},
    domain::{Clock, EnvironmentName},
    store::{Store, StoreOptions},
    tasks::Tasks,
    telemetry::Metrics,
};
use anyhow::Context;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What has to be there before the first request: the data folder held, addresses bound, the record
/// open and still the one that was signed, all rooms built.
pub(super) struct Prepared {
    folder: DataFolder,
    certificates: Certificates,
    listeners: Listeners,
    public_url: String,
    store: Store,
    simulator: Option<SimulatorHere>,
    rooms: Services,
    lines: Option<LinesOut>,
    checkpoints: Checkpoints,
    secrets: Secrets,
    doubts: Doubts,
}

impl Prepared {
    /// Builds it all; what cannot be used is told before anything is changed.
    pub(super) async fn of(options: StartOptions) -> anyhow::Result<Self> {
        let certificates = Certificates::open(&options.settings.listen)?;
        let folder = DataFolder::hold(&options.settings.data.dir)?;
        let listeners = Listeners::bind(&options.settings).await?;
        let public_url = listeners.public_url(&options.settings)?;
        let local_url = format!("http://{}", from_here(listeners.proxy.local_addr()?));
        let (tasks, settings) = (Tasks::default(), Arc::new(options.settings));
        let (clock, secrets) = (options.clock, options.secrets);
        let metrics = Metrics::with(options.dropped);
        metrics.expect(&settings);
        let store = open_store(&settings, &clock, &metrics)?;
        tell_clock(&store, &*clock)?;
        let notary = take_up(&settings, &store, &clock)?;
        let urls = (public_url.as_str(), local_url.as_str());
        let simulator = SimulatorHere::start(&settings, urls, &clock, &tasks).await?;
        let rooms = Services::build(&BuildInputs {
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
            write_lines(&rooms.tasks, &rooms.journal, out.clone());
        }
        let checkpoints = Checkpoints::of(&rooms, lines.clone());
        Ok(Self {
            folder,
            certificates,
            listeners,
            public_url,
            store,
            simulator,
            rooms,
            lines,
            checkpoints,
            secrets,
            doubts: options.doubts,
        })
    }

    /// Puts right what an earlier run left behind, before anything new is taken on.
    pub(super) async fn settle(&self) -> anyhow::Result<()> {
        let rooms = &self.rooms;
        rooms.restore_ledger().await?;
        rooms.restore_pause().await?;
        rooms.restore_balances().await?;
        let found = rooms.calls.recover().await?;
        if found != Recovered::default() {
            tracing::warn!(
                unknown = found.unknown,
                held = found.held,
                pending = found.pending,
                "an earlier run left calls behind; unknown ones keep their places for their time"
            );
        }
        rooms.keys.take_up().await?;
        tell(&self.secrets);
        Ok(())
    }

    /// Serves clients and operators from now on.
    pub(super) fn serve(self) -> anyhow::Result<Running> {
        let Self { rooms, listeners, certificates, simulator, checkpoints, .. } = self;
        // From here on the keys are in their slots alone.
        let missing = self.secrets.missing().to_vec();
        drop(self.secrets);
        let (closing, operators) = (CancellationToken::new(), AdminServer::default());
        let reload = Reload::default();
        rooms.keys.watch(&reload.asked());
        background::start(&rooms);
        checkpoints.stand(&rooms.tasks);
        let (proxy, admin) = (listeners.proxy.local_addr()?, listeners.admin.local_addr()?);
        let Listeners { proxy: clients, admin: network, socket: local, socket_path } = listeners;
        let [clients, network] = certificates.ports([clients, network], &rooms.metrics);
        certificates.watch(&rooms, &reload);
        let pictures = simulator.as_ref().map(SimulatorHere::pictures);
        servers::serve_clients(&rooms, clients, pictures, &closing);
        servers::serve_operators(&rooms, (network, local), (missing, self.doubts), &operators);
        Ok(Running {
            rooms,
            store: self.store,
            proxy,
            admin,
            socket: socket_path,
            public_url: self.public_url,
            closing,
            operators,
            reload,
            simulator,
            lines: self.lines,
            checkpoints,
            _folder: self.folder,
        })
    }
}

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
fn take_up(
    settings: &Settings,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Arc<Notary>> {
    let (dir, file) = (&settings.data.dir, checkpoint_file(settings));
    let log = LogResumption { dir, file: &file, reader: &store.reader(), clock: Arc::clone(clock) };
    let notary = log.notary()?;
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
