//! Starting, step by step.

use super::{
    Reload, Running,
    audit_lines::{LinesOut, write_lines},
    certificates::Certificates,
    checkpoints::{Checkpoints, checkpoint_file},
    commit_metrics::CommitMetrics,
    control_face::control_face,
    listeners::{Listeners, from_here},
    lock::DataFolder,
    operators::Operators,
    rooms::{Ground, Rooms},
    simulator_here::SimulatorHere,
    standing,
    vitals::House,
};
use crate::{
    admin::{AdminState, ExportNotes},
    audit::{
        HashChain,
        trust::{Notary, TakeUp},
    },
    config::{Secrets, Settings},
    domain::{Clock, EnvironmentName},
    proxy::{Door, Gateway, GatewayParts, PictureShelf},
    rate_limit::Attempts,
    store::{Store, StoreOptions},
    tasks::Tasks,
    telemetry::Metrics,
    web::{self, DoorLimits, Port},
};
use anyhow::Context;
use std::{fmt, io::Write, sync::Arc};
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;

/// What a gateway is started with.
pub struct StartOptions {
    /// Everything that can be set.
    pub settings: Settings,
    /// The keys.
    pub secrets: Secrets,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where `[AUDIT]` lines go; `None` means nowhere.
    pub audit_lines: Option<Box<dyn Write + Send>>,
}

impl fmt::Debug for StartOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartOptions").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Starts a gateway and returns once it serves.
pub async fn start(options: StartOptions) -> anyhow::Result<Running> {
    let certificates = Certificates::open(&options.settings.listen)?;
    let folder = DataFolder::hold(&options.settings.data.dir)?;
    let listeners = Listeners::bind(&options.settings).await?;
    let public_url = listeners.public_url(&options.settings)?;
    let (tasks, settings) = (Tasks::default(), Arc::new(options.settings));
    let (clock, secrets) = (options.clock, Arc::new(options.secrets));
    let metrics = Metrics::new();
    let store = open_store(&settings, &clock, &metrics)?;
    let notary = take_up(&settings, &store, &clock)?;
    let local_url = format!("http://{}", from_here(listeners.proxy.local_addr()?));
    let simulator =
        SimulatorHere::start(&settings, (&public_url, &local_url), &clock, &tasks).await?;
    let rooms = Rooms::build(&Ground {
        settings,
        secrets: &secrets,
        clock,
        tasks,
        store: &store,
        simulator: simulator.as_ref(),
        metrics,
        public_url: &public_url,
        local_url: &local_url,
        notary,
    })?;
    let lines = options.audit_lines.map(LinesOut::new);
    if let Some(out) = &lines {
        write_lines(&rooms.tasks, &rooms.journal, out.clone());
    }
    let checkpoints = Checkpoints::of(&rooms, lines);
    settle(&rooms).await?;
    tell(&secrets);
    standing::start(&rooms);
    checkpoints.stand(&rooms.tasks);
    let (proxy, admin) = (listeners.proxy.local_addr()?, listeners.admin.local_addr()?);
    let socket = listeners.socket_path.clone();
    let (closing, operators) = (CancellationToken::new(), Operators::default());
    let pictures = simulator.as_ref().map(SimulatorHere::pictures);
    let Listeners { proxy: clients, admin: network, socket: local, .. } = listeners;
    let reload = Reload::default();
    let [clients, network] = certificates.ports([clients, network], &rooms.metrics);
    certificates.watch(&rooms, &reload);
    serve_clients(&rooms, clients, pictures, &closing);
    serve_operators(&rooms, (network, local), secrets, &operators);
    let running = Running {
        rooms,
        store,
        proxy,
        admin,
        socket,
        public_url,
        closing,
        operators,
        reload,
        simulator,
        checkpoints,
        _folder: folder,
    };
    Ok(running)
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

/// Takes up the log where an earlier run left it, if the record is still the one that was signed.
fn take_up(
    settings: &Settings,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Arc<Notary>> {
    let (dir, file) = (&settings.data.dir, checkpoint_file(settings));
    let log = TakeUp { dir, file: &file, reader: &store.reader(), clock: Arc::clone(clock) };
    let notary = log.notary()?;
    tracing::info!(key = %notary.key(), "audit checkpoints are signed; note this key elsewhere");
    Ok(Arc::new(notary))
}

/// Puts right what an earlier run left behind, before anything new is taken on.
async fn settle(rooms: &Rooms) -> anyhow::Result<()> {
    rooms.restore_ledger().await?;
    rooms.restore_pause().await?;
    rooms.restore_balances().await?;
    let found = rooms.calls.recover().await?;
    if found != crate::calls::Recovered::default() {
        tracing::warn!(
            unknown = found.unknown,
            held = found.held,
            pending = found.pending,
            "an earlier run left calls behind; unknown ones keep their places for their time"
        );
    }
    Ok(())
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

fn serve_clients(
    rooms: &Rooms,
    listener: Port,
    pictures: Option<Arc<dyn PictureShelf>>,
    closing: &CancellationToken,
) {
    let door = Door::new(gateway(rooms, pictures));
    let face = move |visit, request| {
        let door = door.clone();
        async move { door.answer(visit, request).await }
    };
    let (tasks, stop) = (rooms.tasks.clone(), closing.clone());
    let limits = web_door(rooms, "proxy");
    rooms.tasks.stand("proxy", web::serve(listener, face, limits, tasks, stop));
}

fn serve_operators(
    rooms: &Rooms,
    (network, local): (Port, UnixListener),
    secrets: Arc<Secrets>,
    operators: &Operators,
) {
    let face = control_face(admin_state(rooms, secrets, operators));
    let (tasks, stop) = (operators.tasks.clone(), operators.closing.clone());
    let limits = web_door(rooms, "admin");
    let serving = web::serve(network, face.clone(), limits, tasks, stop);
    operators.tasks.stand("admin", serving);
    let (tasks, stop) = (operators.tasks.clone(), operators.closing.clone());
    let limits = web_door(rooms, "socket");
    operators.tasks.stand("socket", web::serve(local, face, limits, tasks, stop));
}

fn web_door(rooms: &Rooms, name: &'static str) -> Arc<web::Door> {
    let limits = DoorLimits::from(&rooms.settings.door);
    web::Door::new(name, limits, Arc::clone(&rooms.metrics))
}

fn gateway(rooms: &Rooms, pictures: Option<Arc<dyn PictureShelf>>) -> Gateway {
    Gateway::new(GatewayParts {
        settings: Arc::clone(&rooms.settings),
        tokens: rooms.tokens.clone(),
        admission: rooms.admission.clone(),
        rate_limits: Arc::clone(&rooms.rate_limits),
        ledger: rooms.ledger.clone(),
        spool: Arc::clone(&rooms.spool),
        calls: rooms.calls.clone(),
        refusals: Arc::clone(&rooms.refusals),
        journal: rooms.journal.clone(),
        reader: rooms.reader.clone(),
        tasks: rooms.tasks.clone(),
        clock: Arc::clone(&rooms.clock),
        metrics: Arc::clone(&rooms.metrics),
        pictures,
        webhooks: rooms.webhooks.clone(),
    })
}

fn admin_state(rooms: &Rooms, secrets: Arc<Secrets>, operators: &Operators) -> AdminState {
    let house = Arc::new(House { rooms: rooms.clone(), secrets });
    AdminState {
        tokens: rooms.tokens.clone(),
        admission: rooms.admission.clone(),
        ledger: rooms.ledger.clone(),
        reader: rooms.reader.clone(),
        journal: rooms.journal.clone(),
        settings: Arc::clone(&rooms.settings),
        clock: Arc::clone(&rooms.clock),
        tasks: operators.tasks.clone(),
        closing: operators.closing.clone(),
        desk: Arc::clone(&house) as _,
        vitals: house,
        notary: Arc::clone(&rooms.notary),
        exports: ExportNotes::default(),
        operators: rooms.operators.clone(),
        attempts: Arc::new(Attempts::new(
            Arc::clone(&rooms.clock),
            rooms.settings.operators.attempts_per_minute,
        )),
        refusals: Arc::clone(&rooms.refusals),
    }
}
