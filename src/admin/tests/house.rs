//! A control plane to ask.

use super::account;
use crate::{
    admin::{AdminPeer, AdminState, ExportNotes, ReloadHandle, router},
    admission::{Admission, AdmissionOptions, GateOptions, LaneOptions},
    answers::{Answers, ClaimRegistry, SealedAnswers},
    archive::{ArchiveRules, FolderPlace, Mover, MoverServices},
    audit::{
        HashChain, RefusalBook, take_up,
        trust::{CheckpointFile, LogResumption, Notary},
    },
    backup::{BackupServices, Backups},
    calls::{CallServices, Calls},
    config::{Doubts, LiveSettings, LoadOptions, Settings},
    domain::{Clock, SteeredClock, Timestamp},
    ledger::Ledger,
    notify::{Notifier, NotifyOptions, Post, PostError, PostHeaders},
    operators::Operators,
    persons::Persons,
    rate_limit::Attempts,
    spool::{SpoolBudget, SpoolLimits},
    store::{RecordQuery, SealedRecord, Store, StoreOptions},
    tasks::Tasks,
    telemetry::Metrics,
    tokens::Tokens,
};
use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Uri};
use http_body_util::BodyExt;
use serde_json::Value;
use std::{path::Path, sync::Arc};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub(crate) struct House {
    pub(crate) router: Router,
    pub(crate) state: AdminState,
    pub(crate) clock: SteeredClock,
    pub(crate) store: Store,
    _dir: tempfile::TempDir,
}

impl House {
    pub(crate) fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = SteeredClock::at(Timestamp::from_micros(1_700_000_000_000_000));
        let told: Arc<dyn Clock> = Arc::new(clock.clone());
        let store = open_store(dir.path(), &told);
        let (settings, tasks) = (LiveSettings::new(settings(dir.path())), Tasks::default());
        let (journal, reader) = (store.journal(), store.reader());
        let grounds = settings.clone();
        let tokens = Tokens::load(journal, reader, Arc::clone(&told), grounds, tasks.clone());
        let notary = Arc::new(notary(&store, dir.path(), &told));
        let spool = spool(dir.path());
        let (accounts, keys) = account::with_keys(&store, &settings.now(), &spool, dir.path());
        let services = CallServices {
            journal: store.journal(),
            reader: store.reader(),
            tokens: tokens.unwrap(),
            accounts: accounts.clone(),
            admission: admission(),
            answers: Answers::new(Arc::clone(&told)),
            claims: ClaimRegistry::new(Arc::clone(&told)),
            sealed: SealedAnswers::open(dir.path(), 0).unwrap(),
            spool: Arc::clone(&spool),
            settings,
            ledger: Ledger::new(Arc::clone(&told)),
            tasks,
            clock: told,
            metrics: Metrics::new(),
        };
        let (operators, notifier) = (operators(&services), notifier(&services));
        let state = AdminState {
            closing: CancellationToken::new(),
            tokens: services.tokens.clone(),
            persons: persons(&services, dir.path()),
            admission: services.admission.clone(),
            ledger: services.ledger.clone(),
            reader: store.reader(),
            journal: store.journal(),
            settings: services.settings.clone(),
            clock: Arc::clone(&services.clock),
            tasks: services.tasks.clone(),
            accounts,
            spool,
            metrics: Arc::clone(&services.metrics),
            doubts: Arc::new(Doubts::default()),
            archive: mover(&services, &notary),
            backups: backups(&services, &notary),
            calls: Calls::new(services),
            notary,
            exports: ExportNotes::default(),
            operators,
            attempts: Arc::new(Attempts::new(Arc::new(clock.clone()), 10)),
            refusals: Arc::new(RefusalBook::new(Arc::new(clock.clone()))),
            keys,
            notifier,
            // Nobody reloads here.
            reload: ReloadHandle::pair().0,
        };
        let router = router(state.clone());
        Self { router, state, clock, store, _dir: dir }
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.ask(on_socket("GET", path, None)).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: Option<Value>) -> (u16, Value) {
        answer(self.ask(on_socket("POST", path, body)).await).await
    }

    /// Returns the JSON lines of an answer.
    pub(crate) async fn lines(&self, path: &str) -> Vec<Value> {
        let response = self.ask(on_socket("GET", path, None)).await;
        assert_eq!(response.status(), 200);
        let text = text(response).await;
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn records(&self) -> Vec<SealedRecord> {
        self.state.reader.records(&RecordQuery::default()).unwrap()
    }
}

fn operators(services: &CallServices) -> Operators {
    let (journal, reader) = (services.journal.clone(), services.reader.clone());
    let (clock, tasks) = (Arc::clone(&services.clock), services.tasks.clone());
    let lifetime = services.settings.now().operators.token_lifetime;
    Operators::load(journal, reader, clock, lifetime, tasks).unwrap()
}

/// Returns one that tells nobody.
fn notifier(services: &CallServices) -> Notifier {
    let options = NotifyOptions {
        target: None,
        post: Arc::new(NoPost),
        journal: services.journal.clone(),
        reader: services.reader.clone(),
        clock: Arc::clone(&services.clock),
        metrics: Arc::clone(&services.metrics),
        tasks: services.tasks.clone(),
    };
    Notifier::start(options).unwrap()
}

fn persons(services: &CallServices, dir: &Path) -> Persons {
    let (journal, reader) = (services.journal.clone(), services.reader.clone());
    let (clock, tasks) = (Arc::clone(&services.clock), services.tasks.clone());
    Persons::load(dir, journal, reader, clock, tasks).unwrap()
}

pub(crate) fn on_socket(method: &str, path: &str, body: Option<Value>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    let request = request.extension(AdminPeer::Unix { uid: 1000 });
    match body {
        Some(body) => {
            let request = request.header("content-type", "application/json");
            request.body(Body::from(body.to_string())).unwrap()
        }
        None => request.body(Body::empty()).unwrap(),
    }
}

pub(crate) fn over_tcp(method: &str, path: &str, host: &str) -> Request<Body> {
    let peer = AdminPeer::Tcp { addr: "127.0.0.1:50000".parse().unwrap() };
    let request = Request::builder().method(method).uri(path).extension(peer);
    request.header("host", host).body(Body::empty()).unwrap()
}

pub(crate) async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = text(response).await;
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Posts nothing, for nobody is told.
#[derive(Debug)]
struct NoPost;

impl Post for NoPost {
    fn post(
        &self,
        _target: &Uri,
        _headers: PostHeaders,
        _body: Bytes,
    ) -> BoxFuture<'static, Result<u16, PostError>> {
        unreachable!("nobody is told")
    }
}

fn notary(store: &Store, dir: &Path, clock: &Arc<dyn Clock>) -> Notary {
    let file = &CheckpointFile::at(dir.join(CheckpointFile::USUAL));
    let (reader, clock) = (&store.reader(), Arc::clone(clock));
    take_up(&LogResumption { dir, file, reader, clock }).unwrap()
}

/// Returns what would move old records; nothing is said of how long they stay.
fn mover(services: &CallServices, notary: &Arc<Notary>) -> Mover {
    let folder = FolderPlace::Usual(services.settings.now().data.dir.join("segments"));
    Mover::new(MoverServices {
        reader: services.reader.clone(),
        journal: services.journal.clone(),
        notary: Arc::clone(notary),
        tasks: services.tasks.clone(),
        clock: Arc::clone(&services.clock),
        metrics: Arc::clone(&services.metrics),
        rules: Arc::new(move || ArchiveRules {
            keep: None,
            archive_keep: None,
            folder: folder.clone(),
        }),
    })
}

fn backups(services: &CallServices, notary: &Arc<Notary>) -> Backups {
    let opened = Backups::open(BackupServices {
        dir: services.settings.now().data.dir.clone(),
        min_free: 0,
        reader: services.reader.clone(),
        journal: services.journal.clone(),
        notary: Arc::clone(notary),
        clock: Arc::clone(&services.clock),
        tasks: services.tasks.clone(),
    });
    opened.unwrap()
}

/// Opens the database in `dir`.
fn open_store(dir: &Path, clock: &Arc<dyn Clock>) -> Store {
    let opened = Store::open(StoreOptions {
        dir: dir.to_owned(),
        max_size: 0,
        seal: Arc::new(HashChain),
        clock: Arc::clone(clock),
        watch: Arc::new(crate::store::UnwatchedCommits),
    });
    opened.unwrap()
}

fn spool(dir: &Path) -> Arc<SpoolBudget> {
    let limits = SpoolLimits { memory: 1 << 20, disk: 1 << 20, per_token: 1 << 20, min_free: 0 };
    SpoolBudget::new(limits, dir).unwrap()
}

fn admission() -> Admission {
    let lane = |name: &str, weight| LaneOptions {
        name: name.parse().unwrap(),
        weight,
        reserved_places: 0,
    };
    Admission::new(AdmissionOptions {
        queue_capacity: 10,
        accounts: vec![GateOptions {
            name: "ideogram".parse().unwrap(),
            cap: 10,
            environments: vec![lane("dev", 1), lane("prod", 4)],
        }],
    })
}

/// Returns the settings as they are shipped, with another name for the admin listener.
fn settings(dir: &Path) -> Settings {
    let set = |key: &str, value: String| (format!("IDEOGATE__{key}"), value);
    let variables = vec![
        set("DATA__DIR", dir.display().to_string()),
        set("LISTEN__ADMIN_HOSTS", r#"["gate.example.com"]"#.to_owned()),
    ];
    let options = LoadOptions { file: None, variables, working_dir: dir.to_owned() };
    Settings::load(options).unwrap().settings
}
