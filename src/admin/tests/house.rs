//! A control plane to ask.

use crate::{
    accounts::BreakerState,
    admin::{
        AdminPeer, AdminState, CallDesk, CallPastStep, DeskError, ExportNotes, FolderState,
        KeyState, ReleaseOutcome, Vitals, WriteOff, WriteOffStep, router,
    },
    admission::{Admission, AdmissionOptions, GateOptions, LaneOptions},
    audit::{
        HashChain, RefusalBook,
        trust::{CheckpointFile, LogResumption},
    },
    config::{LoadOptions, Settings},
    domain::{
        AccountName, Actor, CallId, Clock, EnvironmentName, Principal, SteeredClock, Timestamp, Usd,
    },
    keys::{Keys, KeysOptions, TagKey},
    ledger::Ledger,
    operators::Operators,
    rate_limit::Attempts,
    store::{RecordQuery, SealedRecord, Store, StoreOptions},
    tasks::Tasks,
    telemetry::{Metrics, MetricsFormat},
    tokens::Tokens,
};
use axum::{Router, body::Body, response::Response};
use futures_util::future::BoxFuture;
use http::Request;
use http_body_util::BodyExt;
use serde_json::Value;
use std::{
    path::Path,
    sync::{Arc, Mutex},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub(crate) struct House {
    pub(crate) router: Router,
    pub(crate) state: AdminState,
    pub(crate) desk: Arc<Desk>,
    pub(crate) vitals: Arc<Signs>,
    pub(crate) clock: SteeredClock,
    pub(crate) store: Store,
    _dir: tempfile::TempDir,
}

/// Releases one call, writes one off, and keeps who asked.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) released: Mutex<Vec<(CallId, Principal)>>,
    pub(crate) written_off: Mutex<Vec<(CallId, Principal, Option<String>)>>,
}

impl CallDesk for Desk {
    fn release<'a>(
        &'a self,
        call: &'a CallId,
        by: &'a Actor,
    ) -> BoxFuture<'a, Result<ReleaseOutcome, DeskError>> {
        Box::pin(async move {
            if call.as_str() != "call_held" {
                return Ok(ReleaseOutcome::NotHeld);
            }
            self.released.lock().unwrap().push((call.clone(), by.principal.clone()));
            Ok(ReleaseOutcome::Released)
        })
    }

    fn write_off<'a>(
        &'a self,
        step: WriteOffStep,
        call: &'a CallId,
        by: &'a Actor,
        reason: Option<&'a str>,
    ) -> BoxFuture<'a, Result<WriteOff, DeskError>> {
        let past = CallPastStep { at: Timestamp::from_micros(0), by: by.principal.clone() };
        let done = WriteOff::Done(Usd::from_micros(60_000));
        Box::pin(async move {
            Ok(match (step, call.as_str()) {
                (WriteOffStep::Off, "call_unknown") => {
                    let told = (call.clone(), by.principal.clone(), reason.map(str::to_owned));
                    self.written_off.lock().unwrap().push(told);
                    done
                }
                (WriteOffStep::Off, _) => WriteOff::NothingReserved,
                (WriteOffStep::Back, "call_unknown") => done,
                (WriteOffStep::Back, "call_undone") => WriteOff::NotWrittenOff(Some(past)),
                (WriteOffStep::Back, "call_old") => WriteOff::Final(past),
                (WriteOffStep::Back, _) => WriteOff::NotWrittenOff(None),
            })
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct Signs {
    pub(crate) obstacles: Mutex<Vec<String>>,
}

impl Vitals for Signs {
    fn breaker(&self, _account: &AccountName) -> Option<BreakerState> {
        None
    }

    fn obstacles(&self) -> Vec<String> {
        self.obstacles.lock().unwrap().clone()
    }

    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    fn folder(&self) -> FolderState {
        FolderState {
            dir: "/var/lib/ideogate".to_owned(),
            free: Some(1 << 40),
            record: Some(1 << 20),
            log: 0,
        }
    }

    fn metrics(&self, format: MetricsFormat) -> String {
        Metrics::new().render_as(format)
    }

    fn key(&self, environment: &EnvironmentName) -> KeyState {
        let version = Some("…abcd".into());
        match environment.as_str() {
            "prod" => KeyState::Present { version, shared_with: vec!["staging".parse().unwrap()] },
            "sandbox" => KeyState::Unneeded,
            _ => KeyState::Missing { how: "set IDEOGRAM_API_KEY_DEV".into() },
        }
    }
}

impl House {
    pub(crate) fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = SteeredClock::at(Timestamp::from_micros(1_700_000_000_000_000));
        let told: Arc<dyn Clock> = Arc::new(clock.clone());
        let store = Store::open(StoreOptions {
            dir: dir.path().to_owned(),
            max_size: 0,
            seal: Arc::new(HashChain),
            clock: Arc::clone(&told),
            watch: Arc::new(crate::store::UnwatchedCommits),
        });
        let (store, settings, tasks) = (store.unwrap(), settings(dir.path()), Tasks::default());
        let environments = Arc::new(settings.environments.clone());
        let (journal, reader) = (store.journal(), store.reader());
        let tokens = Tokens::load(journal, reader, Arc::clone(&told), environments, tasks.clone());
        let log = LogResumption {
            dir: dir.path(),
            file: &CheckpointFile::at(dir.path().join(CheckpointFile::USUAL)),
            reader: &store.reader(),
            clock: Arc::clone(&told),
        };
        let notary = Arc::new(log.notary().unwrap());
        let operators = Operators::load(
            store.journal(),
            store.reader(),
            Arc::clone(&told),
            settings.operators.token_lifetime,
            tasks.clone(),
        )
        .unwrap();
        let (desk, vitals) = (Arc::<Desk>::default(), Arc::<Signs>::default());
        let state = AdminState {
            closing: CancellationToken::new(),
            tokens: tokens.unwrap(),
            admission: admission(),
            ledger: Ledger::new(Arc::default(), Arc::clone(&told)),
            reader: store.reader(),
            journal: store.journal(),
            settings: Arc::new(settings),
            clock: told,
            tasks,
            desk: desk.clone(),
            vitals: vitals.clone(),
            notary,
            exports: ExportNotes::default(),
            operators,
            attempts: Arc::new(Attempts::new(Arc::new(clock.clone()), 10)),
            refusals: Arc::new(RefusalBook::new(Arc::new(clock.clone()))),
            keys: keys(&store, dir.path()),
        };
        let router = router(state.clone());
        Self { router, state, desk, vitals, clock, store, _dir: dir }
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

/// Returns a room without keys.
fn keys(store: &Store, dir: &Path) -> Keys {
    Keys::new(KeysOptions {
        kept: Vec::new(),
        tags: Arc::new(TagKey::in_folder(dir).unwrap()),
        settings: settings(dir).keys,
        journal: store.journal(),
        reader: store.reader(),
        clock: Arc::new(SteeredClock::at(Timestamp::from_micros(0))),
        tasks: Tasks::default(),
    })
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
