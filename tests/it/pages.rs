//! What the pages for people say: snippets of `docs/apps.md` are run as they stand there, and what both pages name is
//! there. `bash`, `curl`, `python3` with `requests` and `cryptography`, `node` and `tsc` are needed; what is missing
//! fails the test, and `scripts/test` installs it.

use crate::support::{Binary, Client, Home, TestApp};
use ideogate::{
    domain::{Clock, ErrorCode, SystemClock},
    simulator::{Act, Script, SignedAs, WEBHOOK_USER},
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, fs, path::Path, process::Stdio, time::Duration};
use tokio::{process::Command, time::timeout};

const APPS: &str = include_str!("../../docs/apps.md");
const THREATS: &str = include_str!("../../docs/threat-model.md");
const GENERATE: &str = "/v1/ideogram-v3/generate";

/// Longer than any snippet takes; what takes longer hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// Codes that no app ever gets, so that the page has no advice for them.
const NOT_FOR_APPS: &[ErrorCode] = &[
    ErrorCode::OperatorTokenMissing,
    ErrorCode::OperatorTokenInvalid,
    ErrorCode::RoleMissing,
    ErrorCode::OperatorsMissing,
    ErrorCode::OriginDenied,
    ErrorCode::WebhookRejected,
    ErrorCode::PathUnknown,
    ErrorCode::NameUnknown,
    ErrorCode::StateConflict,
    ErrorCode::HostUnknown,
    ErrorCode::RequestInvalid,
    ErrorCode::TooManyAttempts,
    ErrorCode::ClientGone,
];

/// A fenced block of a page.
pub(crate) struct Snippet {
    language: &'static str,
    /// What it is called, if it is to be run.
    pub(crate) name: Option<&'static str>,
    pub(crate) text: String,
}

pub(crate) fn snippets(page: &'static str) -> Vec<Snippet> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let text: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        let (language, name) = match info.split_once(" run=") {
            Some((language, name)) => (language, Some(name)),
            None => (info, None),
        };
        found.push(Snippet { language, name, text: text.join("\n") });
    }
    found
}

/// What browsers and Node.js have, which the snippets in TypeScript use beside the language itself.
const NODE: &str = "declare const process: { env: Record<string, string | undefined> };\n";

/// Runs the snippet of that name, with what makes use of it, in a folder of its own, and returns what it printed.
/// It must succeed.
async fn run(name: &str, use_of_it: &str, variables: &[(&str, &str)]) -> String {
    let snippet = snippets(APPS).into_iter().find(|snippet| snippet.name == Some(name)).unwrap();
    let text = format!("{}\n{use_of_it}", snippet.text);
    let folder = tempfile::tempdir().unwrap();
    let mut command = match snippet.language {
        "sh" => program("bash", &["-euo", "pipefail", "-c", &text]),
        "python" => program(python().await, &["-c", &text]),
        "ts" => {
            fs::write(folder.path().join("snippet.mts"), text).unwrap();
            fs::write(folder.path().join("node.d.ts"), NODE).unwrap();
            let strictly = ["--strict", "--target", "es2022", "--module", "es2022"];
            let files = ["--lib", "es2022,dom", "snippet.mts", "node.d.ts"];
            succeed(name, program("tsc", &[&strictly[..], &files].concat()), folder.path()).await;
            program("node", &["snippet.mjs"])
        }
        other => panic!("{name} is {other}"),
    };
    command.envs(variables.iter().copied());
    succeed(name, command, folder.path()).await
}

fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments);
    command
}

/// Returns the first Python that has the libraries that snippets import.
async fn python() -> &'static str {
    for python in ["python3", "/usr/bin/python3"] {
        let mut asked = program(python, &["-c", "import requests, cryptography"]);
        if asked.stderr(Stdio::null()).status().await.is_ok_and(|status| status.success()) {
            return python;
        }
    }
    panic!("python3 with requests and cryptography is needed");
}

async fn succeed(name: &str, mut command: Command, folder: &Path) -> String {
    // A proxy of whoever runs the tests knows nothing of this machine's ports.
    command.env("NO_PROXY", "*").current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("{name} does not end"));
    let output = output.unwrap_or_else(|error| panic!("{command:?} is needed: {error}"));
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {}\n{out}\n{err}", output.status);
    out
}

/// A gateway with a token, as the snippets want it.
struct PageGateway {
    // Dropped before its home, whose folder goes with it.
    gateway: Binary,
    home: Home,
    token: String,
}

impl PageGateway {
    async fn new() -> Self {
        let home = Home::new().await;
        let gateway = home.start().await;
        let token = home.token().await.1;
        Self { gateway, home, token }
    }

    async fn run(&self, name: &str) -> String {
        let (url, token) = (self.gateway.ready.proxy.as_str(), self.token.as_str());
        run(name, "", &[("IDEOGATE_URL", url), ("IDEOGATE_TOKEN", token)]).await
    }

    /// Returns how many calls for pictures arrived at Ideogram.
    fn arrived(&self) -> usize {
        let seen = self.home.ideogram.seen();
        seen.calls.iter().filter(|call| call.path() == GENERATE).count()
    }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Asserts that a line is a link, and returns it.
fn link(line: &str) -> &str {
    assert!(line.starts_with("http://127.0.0.1:"), "{line}");
    line
}

#[test]
fn every_snippet_is_run() {
    let code =
        snippets(APPS).into_iter().filter(|one| ["sh", "python", "ts"].contains(&one.language));
    let run: Vec<_> = code.map(|snippet| snippet.name.unwrap_or("one without a name")).collect();
    let known = [
        "first-call",
        "first-call-requests",
        "first-call-python",
        "first-call-typescript",
        "whoami",
        "quote",
        "batch",
        "retry-typescript",
        "idempotency",
        "look-up",
        "poll",
        "webhook",
        "verify",
    ];
    assert_eq!(run, known, "each has its test below");
}

#[tokio::test]
async fn the_first_call_makes_a_picture_in_every_language() {
    let gateway = PageGateway::new().await;
    let answer = read(&gateway.run("first-call").await);
    link(answer["data"][0]["url"].as_str().unwrap());
    for name in ["first-call-requests", "first-call-python", "first-call-typescript"] {
        let told = gateway.run(name).await;
        let (cost, picture) = told.trim().split_once(' ').unwrap();
        assert_eq!(cost, "0.03", "{name}");
        link(picture);
    }
    assert_eq!(gateway.arrived(), 4);
}

#[tokio::test]
async fn what_is_sent_again_in_typescript_is_paid_once_and_what_is_refused_for_good_is_not_sent_again()
 {
    let gateway = PageGateway::new().await;
    gateway.home.ideogram.script(Script::new(Act::Fail).on(&format!("POST {GENERATE}")));
    link(&gateway.run("retry-typescript").await);
    assert_eq!(gateway.arrived(), 2);
}

#[tokio::test]
async fn what_is_only_asked_sends_nothing() {
    let gateway = PageGateway::new().await;
    let told = read(&gateway.run("whoami").await);
    assert_eq!((&told["environment"], &told["available"]), (&json!("app"), &json!(true)));
    let told = read(&gateway.run("quote").await);
    assert_eq!((&told["route"], &told["places"]), (&json!("v3.generate"), &json!(4)));
    assert_eq!(told["price"]["upper_bound_usd"], "0.36");
    assert_eq!(gateway.arrived(), 0);
}

#[tokio::test]
async fn the_batch_makes_each_picture_once() {
    let gateway = PageGateway::new().await;
    let told = gateway.run("batch").await;
    let links: BTreeSet<_> = told.lines().map(link).collect();
    assert_eq!((links.len(), gateway.arrived()), (8, 8), "{told}");
}

#[tokio::test]
async fn two_tries_with_one_key_are_one_call() {
    let gateway = PageGateway::new().await;
    let told = gateway.run("idempotency").await;
    assert_eq!(told.trim().to_ascii_lowercase(), "idempotent-replayed: true");
    assert_eq!(gateway.arrived(), 1);
}

#[tokio::test]
async fn a_call_is_looked_up_by_the_id_of_its_request() {
    let gateway = PageGateway::new().await;
    let entry = read(&gateway.run("look-up").await);
    assert_eq!(entry["metadata"]["outcome"], "success", "{entry}");
    assert_eq!((&entry["metadata"]["cost_usd"], gateway.arrived()), (&json!("0.03"), 1));
}

#[tokio::test]
async fn a_generation_is_polled_to_its_end() {
    let gateway = PageGateway::new().await;
    link(&gateway.run("poll").await);
}

#[tokio::test]
async fn a_receiver_of_webhooks_is_tried_with_the_simulator_alone() {
    let home = Home::new().await;
    let asked = ["simulator", "--listen", "127.0.0.1:0", "--webhooks", "loopback", "--pace", "0"];
    let (_simulator, mut lines) = home.watch(&asked);
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
    let url = line.strip_prefix("ready simulator=").unwrap();
    link(&run("webhook", "", &[("SIMULATOR_URL", url)]).await);
}

#[tokio::test]
async fn a_delivery_is_verified_in_python_and_an_altered_one_is_not() {
    let app = TestApp::spawn().await;
    let at = SystemClock.now().as_micros() / 1_000_000;
    let body = r#"{"generation_id":"g1"}"#;
    let signed = SignedAs { generation: "g1", user: WEBHOOK_USER, at };
    let headers: Map<_, _> = app
        .ideogram
        .sign_webhook(signed, body.as_bytes())
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    let vendor = Client::new(format!("http://{}", app.ideogram_host()), "");
    let published = vendor.send(vendor.bare("GET", "/v1/.well-known/jwks.json")).await.json();
    let delivery = json!({"headers": headers, "body": body, "keys": published["keys"]}).to_string();
    let use_of_it = "import email.message, json, os\n\
        given = json.loads(os.environ['DELIVERY'])\n\
        headers = email.message.Message()\n\
        for name, value in given['headers'].items(): headers[name] = value\n\
        body = given['body'].encode()\n\
        print([is_ideograms(headers, body, given['keys']), is_ideograms(headers, body + b' ', given['keys'])])";
    let told = run("verify", use_of_it, &[("DELIVERY", &delivery)]).await;
    assert_eq!(told.trim(), "[True, False]");
}

#[test]
fn the_table_of_codes_says_of_each_what_the_gateway_says() {
    for code in ErrorCode::ALL {
        let name = format!("| `{code}` |");
        let rows: Vec<_> = APPS.lines().filter(|line| line.starts_with(&name)).collect();
        if NOT_FOR_APPS.contains(code) {
            assert!(rows.is_empty(), "no app gets {code}");
            continue;
        }
        let retry = match code {
            ErrorCode::OutcomeUnknown => "**never**",
            code if code.is_retryable() => "yes",
            _ => "no",
        };
        let row = format!("{name} {} | {retry} | ", code.status());
        assert!(rows.len() == 1 && rows[0].starts_with(&row), "should be one row: {row}");
    }
}

#[test]
fn what_holds_each_defence_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let quoted = THREATS.split('`').skip(1).step_by(2);
    let named: BTreeSet<_> =
        quoted.filter(|text| Path::new(text).extension().is_some_and(|end| end == "rs")).collect();
    assert!(named.len() > 30, "{named:?}");
    for name in named {
        let is_whole = name.starts_with("src/") || name.starts_with("tests/");
        let path = if is_whole { root.join(name) } else { root.join("tests/it").join(name) };
        assert!(path.is_file(), "docs/threat-model.md names {name}");
    }
}
