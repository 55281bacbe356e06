//! The application under test.

use super::{Client, sweep};
use ideogate::{
    app::{Running, SettingsSource, StartOptions, start},
    config::{LoadOptions, Secrets, Settings},
    domain::{Clock, Principal, SteeredClock, Timestamp},
    simulator::{Delivers, SeenCall, Simulator, SimulatorOptions},
    tasks::Tasks,
    tokens::NewToken,
};
use std::{
    fs::DirBuilder,
    mem,
    ops::Deref,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The real key of the tests; must never be seen anywhere but in the `Api-Key` header upstream.
pub(crate) const KEY: &str = "real/key+of=the.tests-Zk8Qv3Xw7JpLcdef";

/// What a test changes about the settings and the Ideogram it runs against.
#[derive(Debug, Default)]
pub(crate) struct TestSettings {
    /// TOML on top of the defaults and of what all tests need.
    pub(crate) toml: String,
    /// Places at the simulator; 10 unless told otherwise.
    pub(crate) cap: Option<u32>,
    /// How long things take at the simulator; 0 unless told otherwise.
    pub(crate) pace: f64,
    /// The variables that give the keys; the one key of all tests unless told otherwise.
    pub(crate) keys: Vec<(&'static str, String)>,
    /// Keys that Ideogram takes beside that one.
    pub(crate) accepted: Vec<&'static str>,
    /// Where the simulator delivers webhooks; nowhere unless told otherwise.
    pub(crate) delivers: Delivers,
    /// Added to the environment of the gateway.
    pub(crate) variables: Vec<(String, String)>,
}

/// A running gateway, the simulator it calls Ideogram, and the folder of its data. When it is dropped, what
/// it leaves behind is searched for secrets.
#[derive(Debug)]
pub(crate) struct TestApp {
    pub(crate) running: Ran,
    pub(crate) ideogram: Simulator,
    pub(crate) clock: SteeredClock,
    _tasks: Tasks,
    pub(crate) settings: TestSettings,
    ideogram_url: String,
    folder: TempDir,
    pub(super) is_searched: bool,
    pub(super) watch: sweep::Watch,
}

/// A gateway that runs, but for the moment between a stop and a start.
#[derive(Debug)]
pub(crate) struct Ran(Option<Running>);

impl Deref for Ran {
    type Target = Running;

    fn deref(&self) -> &Running {
        self.0.as_ref().unwrap()
    }
}

impl TestApp {
    /// Starts a gateway with an environment `app` that may do everything.
    pub(crate) async fn spawn() -> Self {
        Self::with(TestSettings::default()).await
    }

    /// Starts a gateway with these settings.
    pub(crate) async fn with(settings: TestSettings) -> Self {
        let clock = SteeredClock::at(Timestamp::from_micros(1_795_348_800_000_000));
        let tasks = Tasks::default();
        let options = SimulatorOptions {
            keys: settings.accepted.iter().chain(&[KEY]).map(|key| (*key).to_owned()).collect(),
            cap: settings.cap.unwrap_or(10),
            pace: settings.pace,
            webhooks: settings.delivers.clone(),
            clock: Arc::new(clock.clone()),
            ..SimulatorOptions::default()
        };
        let ideogram = Simulator::new(options, &tasks);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ideogram_url = format!("http://{}", listener.local_addr().unwrap());
        let serving = ideogram.clone();
        tasks.spawn_background("ideogram", async move {
            serving.serve(listener, std::future::pending()).await;
        });
        let folder = tempfile::tempdir().unwrap();
        let watch = sweep::Watch::begin();
        let running = Ran(Some(run(&settings, &ideogram_url, folder.path(), &clock).await));
        let is_searched = true;
        Self {
            running,
            ideogram,
            clock,
            _tasks: tasks,
            settings,
            ideogram_url,
            folder,
            is_searched,
            watch,
        }
    }

    /// Stops the gateway in order and starts it again on the same data.
    pub(crate) async fn restart(mut self) -> Self {
        let running = self.running.0.take().unwrap();
        running.shut_down(Duration::from_secs(10), std::future::pending::<()>()).await;
        self.search_files();
        self.start().await;
        self
    }

    /// Goes on with a copy of the data as it is on disk now, as after a crash of the machine; nothing
    /// that only the first process knows is in it.
    pub(crate) async fn crash(mut self) -> Self {
        let after = tempfile::tempdir().unwrap();
        copy(&self.data(), &after.path().join("data"));
        drop(self.running.0.take());
        // The first folder goes only with what may still write to it.
        let before = mem::replace(&mut self.folder, after);
        self.search_files();
        self.start().await;
        drop(before);
        self
    }

    async fn start(&mut self) {
        let folder = self.folder.path();
        let running = run(&self.settings, &self.ideogram_url, folder, &self.clock).await;
        self.running = Ran(Some(running));
    }

    /// Returns a client with a new token of environment `app` that may do everything.
    pub(crate) async fn client(&self) -> Client {
        self.client_with("app", &["read:*", "write:*"]).await
    }

    /// Returns a client with a new token of an environment with these scopes.
    pub(crate) async fn client_with(&self, environment: &str, scopes: &[&str]) -> Client {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.client_of(NewToken {
            environment: environment.to_owned(),
            name: "test".to_owned(),
            scopes,
            no_budget: true,
            ..NewToken::default()
        })
        .await
    }

    /// Returns a client with a token like this; a number goes behind a name that another has already.
    pub(crate) async fn client_of(&self, mut new: NewToken) -> Client {
        new.name = self.free_name(new.name);
        let by = Principal::LocalUser(0);
        let (plain, token) = self.running.tokens().create(new, &by).await.unwrap();
        Client::new(self.url(), plain.reveal()).of(token.id.clone())
    }

    /// Returns a name that no token has, with the number of all tokens behind it where one has it.
    pub(crate) fn free_name(&self, name: String) -> String {
        let all = self.running.tokens().list();
        let is_taken = all.iter().any(|token| *token.name == *name);
        if is_taken { format!("{name}-{}", all.len() + 1) } else { name }
    }

    /// Pauses all calls, as an operator does.
    pub(crate) async fn pause(&self) {
        assert_eq!(self.operator("POST", "/api/v1/pause").await, 200);
    }

    /// Ends the pause of all calls.
    pub(crate) async fn resume(&self) {
        assert_eq!(self.operator("POST", "/api/v1/resume").await, 200);
    }

    /// Returns the time at the gateway.
    pub(crate) fn now(&self) -> Timestamp {
        Clock::now(&self.clock)
    }

    /// Returns where the data plane is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.running.proxy())
    }

    /// Returns host and port of Ideogram.
    pub(crate) fn ideogram_host(&self) -> String {
        self.ideogram_url.trim_start_matches("http://").to_owned()
    }

    /// Returns the settings file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("ideogate.toml")
    }

    /// Returns the data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Returns the paths of billable calls that arrived at Ideogram.
    pub(crate) fn arrived(&self) -> usize {
        self.ideogram.seen().calls.len()
    }

    /// Returns how many of them clients asked for, where the gateway also asks on its own.
    pub(crate) fn arrived_for_clients(&self) -> usize {
        let seen = self.ideogram.seen();
        seen.calls.iter().filter(|call| !is_own_poll(call)).count()
    }
}

/// Says whether the gateway asked on its own how a generation stands. How often it does depends on the
/// time that a test takes. It accepts JSON, and clients here accept anything.
fn is_own_poll(call: &SeenCall) -> bool {
    let path = call.path();
    let polls =
        ["/v1/generations/", "/v2/generations/"].iter().any(|start| path.starts_with(start));
    polls && call.method == "GET" && call.header("accept") == Some("application/json")
}

/// Returns the settings that all tests need.
pub(super) fn common_settings(ideogram_url: &str, folder: &Path) -> String {
    let data = folder.join("data");
    let data = data.display();
    format!(
        "[listen]\nproxy = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n\
         [data]\ndir = \"{data}\"\n[accounts.ideogram]\nbase_url = \"{ideogram_url}\"\n\
         [environments.app]\naccount = \"ideogram\"\nscopes = [\"read:*\", \"write:*\"]\n\
         [tokens]\ndefault_rate = \"\"\n"
    )
}

async fn run(
    own: &TestSettings,
    ideogram_url: &str,
    folder: &Path,
    clock: &SteeredClock,
) -> Running {
    let file = folder.join("ideogate.toml");
    let text = merge(&common_settings(ideogram_url, folder), &own.toml);
    std::fs::write(&file, text).unwrap();
    let mut variables = vec![("IDEOGRAM_API_KEY".to_owned(), KEY.to_owned())];
    if !own.keys.is_empty() {
        variables =
            own.keys.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    }
    variables.extend(own.variables.iter().cloned());
    let source = SettingsSource {
        file: Some(file.clone()),
        working_dir: folder.to_path_buf(),
        variables: Some(variables.clone()),
    };
    let options = LoadOptions { file: Some(file), variables, working_dir: folder.to_path_buf() };
    let loaded = Settings::load(options).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let secrets = Secrets::load(&loaded.settings, &loaded.variables).unwrap();
    let options = StartOptions {
        settings: loaded.settings,
        source,
        manager: ideogate::app::ServiceManager::default(),
        log: None,
        secrets,
        doubts: ideogate::config::Doubts::default(),
        handed_over: ideogate::app::HandedSockets::default(),
        clock: Arc::new(clock.clone()),
        audit_lines: None,
        dropped: ideogate::telemetry::DroppedLines::default(),
    };
    start(options).await.unwrap()
}

/// Copies a folder and the files in it, for its owner alone.
/// Copies a folder that is written to meanwhile. What vouches for the record is copied before the record, for a
/// crash leaves no promise of what is not there; and the log of the database before the database.
fn copy(from: &Path, to: &Path) {
    DirBuilder::new().mode(0o700).create(to).unwrap();
    let mut entries: Vec<_> = std::fs::read_dir(from).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(|entry| match entry.file_name().to_string_lossy() {
        name if name.ends_with(".db") => 2,
        name if name.contains(".db-") => 1,
        _ => 0,
    });
    for entry in entries {
        let copied = match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                copy(&entry.path(), &to.join(entry.file_name()));
                continue;
            }
            Ok(kind) if kind.is_file() => {
                std::fs::copy(entry.path(), to.join(entry.file_name())).map(drop)
            }
            other => other.map(drop),
        };
        // A file that was not finished has another name by now, or none.
        if let Err(error) = copied {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{}", entry.path().display());
        }
    }
}

/// Lays one TOML text over another.
pub(super) fn merge(under: &str, over: &str) -> String {
    fn lay(under: &mut toml::Table, over: toml::Table) {
        for (key, value) in over {
            match (under.get_mut(&key), value) {
                (Some(toml::Value::Table(below)), toml::Value::Table(above)) => lay(below, above),
                (_, value) => drop(under.insert(key, value)),
            }
        }
    }
    let mut merged: toml::Table = under.parse().unwrap();
    lay(&mut merged, over.parse().unwrap());
    merged.to_string()
}
