//! The real binary, as operators run it: a process of its own over a data folder, with the simulator in
//! the test's process.

use super::{
    Client, KEY, Ready,
    sweep::{self, Sink},
    tee::Tee,
};
use ideogate::{
    simulator::{Act, Script, Simulator, SimulatorOptions},
    tasks::Tasks,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tempfile::{NamedTempFile, TempDir};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdout, Command},
    time::{sleep, timeout},
};

/// Longer than anything here takes; what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder with settings and data, and the Ideogram that the settings name.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) ideogram: Simulator,
    /// Added to the environment of each process.
    pub(crate) variables: Vec<(String, String)>,
    folder: TempDir,
    /// How many tokens were made.
    tokens: AtomicUsize,
    pub(super) is_searched: bool,
    pub(super) watch: sweep::Watch,
}

/// A gateway in a process of its own; killed when this is dropped, and what it leaves behind is searched for
/// secrets.
#[derive(Debug)]
pub(crate) struct Binary {
    pub(crate) ready: Ready,
    pub(super) child: Child,
    pub(super) out: Tee,
    pub(super) log: NamedTempFile,
    pub(super) data: PathBuf,
    pub(super) is_searched: bool,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    /// Returns a home with an environment `app` that may do everything.
    pub(crate) async fn new() -> Self {
        Self::with("", SimulatorOptions { pace: 0.0, ..SimulatorOptions::default() }).await
    }

    /// Returns a home with these settings on top, and an Ideogram like this.
    pub(crate) async fn with(toml: &str, options: SimulatorOptions) -> Self {
        let tasks = Tasks::default();
        let options = SimulatorOptions { keys: vec![KEY.to_owned()], ..options };
        let ideogram = Simulator::new(options, &tasks);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = ideogram.clone();
        tasks.spawn_background("ideogram", async move {
            serving.serve(listener, std::future::pending()).await;
        });
        let folder = tempfile::tempdir().unwrap();
        let home = Self {
            ideogram,
            variables: vec![("IDEOGRAM_API_KEY".to_owned(), KEY.to_owned())],
            folder,
            tokens: AtomicUsize::new(0),
            is_searched: true,
            watch: sweep::Watch::begin(),
        };
        let everything = "[log]\nfilter = \"trace\"\n";
        let common = super::merge(&super::common_settings(&url, home.path()), everything);
        home.set(&super::merge(&common, toml));
        home
    }

    /// Returns the folder that everything is in.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Returns the settings file.
    pub(crate) fn file(&self) -> PathBuf {
        self.path().join("ideogate.toml")
    }

    /// Writes the settings file anew.
    pub(crate) fn set(&self, text: &str) {
        std::fs::write(self.file(), text).unwrap();
    }

    /// Lays settings over those in the file.
    pub(crate) fn change(&self, toml: &str) {
        let text = std::fs::read_to_string(self.file()).unwrap();
        self.set(&super::merge(&text, toml));
    }

    /// Adds a variable to the environment of each process from now on.
    pub(crate) fn give(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Holds every call at Ideogram until it is released.
    pub(crate) fn hold_all(&self) {
        self.ideogram.script(Script::new(Act::Hold).always());
    }

    pub(super) fn process(&self, arguments: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_ideogate"), arguments)
    }

    pub(super) fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().current_dir(self.path()).kill_on_drop(true);
        command.envs(self.variables.iter().cloned()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts the gateway and waits until it is ready.
    pub(crate) async fn start(&self) -> Binary {
        self.begin().get_ready().await
    }

    /// Starts the gateway and does not wait.
    pub(crate) fn begin(&self) -> Binary {
        self.begin_with(self.process(&["serve", "--config", self.file().to_str().unwrap()]))
    }

    /// Starts the gateway with this soft and this hard limit of open files, and waits until it is ready.
    pub(crate) async fn start_with_files(&self, soft: u64, hard: u64) -> Binary {
        self.begin_with_files(soft, hard).get_ready().await
    }

    /// The same without waiting.
    pub(crate) fn begin_with_files(&self, soft: u64, hard: u64) -> Binary {
        let script =
            format!("ulimit -Sn {soft}; ulimit -Hn {hard}; exec \"$0\" serve --config \"$1\"");
        let file = self.file();
        let arguments = ["-c", &script, env!("CARGO_BIN_EXE_ideogate"), file.to_str().unwrap()];
        self.begin_with(self.program("/bin/sh", &arguments))
    }

    /// Starts the gateway with this command and does not wait.
    pub(super) fn begin_with(&self, mut command: Command) -> Binary {
        let log = NamedTempFile::new().unwrap();
        let (out, end) = Tee::new();
        let child = command.stdout(end).stderr(log.reopen().unwrap()).spawn().unwrap();
        let (data, is_searched) = (self.data(), self.is_searched);
        Binary { ready: Ready::default(), child, out, log, data, is_searched }
    }

    /// Runs a command with the settings of this home to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Told {
        let file = self.file();
        let arguments = [arguments, &["--config", file.to_str().unwrap()]].concat();
        self.run_bare(&arguments).await
    }

    /// Runs a command that finds the disk full as soon as a file of it has so many bytes, to its end.
    pub(crate) async fn run_limited(&self, bytes: u64, arguments: &[&str]) -> Told {
        let (script, file) =
            (format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", bytes / 512), self.file());
        let program = ["-c", &script, env!("CARGO_BIN_EXE_ideogate")];
        let settings = ["--config", file.to_str().unwrap()];
        let all = [&program[..], arguments, &settings[..]].concat();
        self.ended(self.program("/bin/sh", &all), arguments).await
    }

    /// Runs a script that calls `ideogate` by its name and finds the settings file in its folder, to its end.
    pub(crate) async fn run_script(&self, text: &str, places: &[(&str, &Path)]) -> Told {
        let folder = Path::new(env!("CARGO_BIN_EXE_ideogate")).parent().unwrap();
        let mut command = self.program("/bin/bash", &["-euo", "pipefail", "-c", text]);
        command.envs(places.iter().copied());
        command.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
        self.ended(command, &["the page"]).await
    }

    /// Runs a command without naming the settings file.
    pub(crate) async fn run_bare(&self, arguments: &[&str]) -> Told {
        self.ended(self.process(arguments), arguments).await
    }

    async fn ended(&self, mut command: Command, arguments: &[&str]) -> Told {
        let output = timeout(PATIENCE, command.output()).await;
        let output = output.unwrap_or_else(|_| panic!("{arguments:?} does not end")).unwrap();
        if self.is_searched {
            let place = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
            sweep::now_or_never(Sink::Command, &place, &output.stdout);
            sweep::now_or_never(Sink::Command, &place, &output.stderr);
        }
        sweep::met_in_output(&output.stdout);
        Told {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a command that goes on, and returns it with the lines it prints.
    pub(crate) fn watch(&self, arguments: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
        let file = self.file();
        let arguments = [arguments, &["--config", file.to_str().unwrap()]].concat();
        let mut child = self.process(&arguments).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        (child, lines)
    }

    /// Runs a command that must succeed, and returns its answer as JSON.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--output", "json"]].concat()).await.good().json()
    }

    /// Makes a token that may do everything in `app`, as operators do, and returns its id and itself.
    pub(crate) async fn token(&self) -> (String, String) {
        // Numbered from the second on, for no two are called the same.
        let name = match self.tokens.fetch_add(1, Ordering::Relaxed) {
            0 => "test".to_owned(),
            number => format!("test-{}", number + 1),
        };
        let asked = ["token", "create", "--environment", "app", "--name", &name];
        let scopes = ["--scope", "read:*", "--scope", "write:*"];
        let made = self.json(&[&asked[..], &scopes[..]].concat()).await;
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        (text("id"), text("token"))
    }

    /// Returns a client of a running gateway with a token of its own.
    pub(crate) async fn client(&self, gateway: &Binary) -> Client {
        Client::new(gateway.ready.proxy.clone(), &self.token().await.1)
    }

    /// Returns the entries of all calls and refusals, oldest first.
    pub(crate) async fn calls(&self) -> Vec<Value> {
        let told = self.run(&["audit", "search", "--output", "json"]).await.good();
        let mut entries = told.lines();
        entries.retain(|entry| entry["action"] == "ideogram.api.call");
        entries
    }

    /// Asserts that the chain is whole.
    pub(crate) async fn verify(&self) {
        let told = self.run(&["audit", "verify"]).await;
        assert_eq!(told.code, 0, "{told:?}");
        assert!(told.out.contains("records"), "{told:?}");
    }

    /// Returns the state of account `ideogram`.
    pub(crate) async fn queue(&self) -> Value {
        let status = self.json(&["queue", "status"]).await;
        let accounts = status["accounts"].as_array().unwrap();
        accounts.iter().find(|account| account["name"] == "ideogram").unwrap().clone()
    }
}

impl Binary {
    /// Waits until it is ready.
    pub(crate) async fn get_ready(mut self) -> Self {
        let Ok(line) = timeout(PATIENCE, self.out.next_line()).await else {
            panic!("not ready in time: {}", self.log());
        };
        let Some(line) = line else {
            let status = self.child.wait().await.unwrap();
            panic!("ended with {status}: {}", self.log());
        };
        self.ready = Ready::of(&line);
        self.assert_no_core();
        self
    }

    /// Returns what was logged so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log.path()).unwrap()).into_owned()
    }

    /// Waits until the gateway, whose record could not be written, has tried it once more.
    pub(crate) async fn has_tried_its_record_again(&self) {
        let tries = || {
            let log = self.log();
            log.matches("the database still fails").count()
                + log.matches("the database can be written again").count()
        };
        let before = tries();
        until("the record is tried again", async || (tries() > before).then_some(())).await;
    }

    /// Returns the id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Kills the process, as a crash would.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits for the process to end, and returns how, with what it logged.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.unwrap_or_else(|_| panic!("does not end: {}", self.log())).unwrap()
    }

    /// Asks it to end and waits until it did.
    pub(crate) async fn stop(mut self) {
        self.signal(Signal::TERM);
        let status = self.ended().await;
        assert!(status.success(), "{status}: {}", self.log());
    }

    /// Returns what else is on stdout, once the process has ended.
    pub(crate) async fn rest(&mut self) -> String {
        let mut rest = String::new();
        while let Some(line) = self.out.next_line().await {
            rest.push_str(&line);
        }
        rest
    }

    /// Returns the next line on stdout.
    pub(crate) async fn line(&mut self) -> String {
        let line = timeout(PATIENCE, self.out.next_line()).await;
        line.unwrap_or_else(|_| panic!("no line: {}", self.log())).unwrap()
    }
}

impl Told {
    /// Returns the same if the command succeeded.
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Returns stdout as one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns stdout as JSON lines.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Tries until something holds that nobody tells of; fails when it never does.
pub(crate) async fn until<T>(what: &str, mut test: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(found) = test().await {
            return found;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}")
}
