//! A key names a request: repeating it does nothing twice, across clients, crashes and restarts.

use crate::support::{Client, Reply, TestApp, TestSettings, eventually};
use ideogate::{
    audit::{Entry, fold},
    simulator::{Act, Script},
    store::RecordQuery,
};
use std::path::{Path, PathBuf};
use tokio::task::JoinHandle;

mod disk;
mod endings;
mod keys;
mod orphans;
mod twins;

const GENERATE: &str = "/v1/ideogram-v3/generate";
const CANARY: &str = "a lighthouse that nobody may read about";
const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

fn body() -> String {
    format!(r#"{{"prompt":"{CANARY}","num_images":2}}"#)
}

/// Posts the usual request under a key.
async fn post(client: &Client, key: &str) -> Reply {
    post_body(client, key, &body()).await
}

async fn post_body(client: &Client, key: &str, body: &str) -> Reply {
    let request = client.request("POST", GENERATE).header("Idempotency-Key", key);
    let request = request.header("content-type", "application/json");
    client.send(request.body(body.to_owned())).await
}

/// Posts the usual request under a key, in the background.
fn posting(client: &Client, key: &'static str) -> JoinHandle<Reply> {
    let client = client.clone();
    tokio::spawn(async move { post(&client, key).await })
}

/// Waits until so many calls are worked on at Ideogram.
async fn working(app: &TestApp, count: usize) {
    app.ideogram
        .seen_when(|seen| {
            seen.calls.len() == count && seen.calls.iter().all(|call| call.places > 0)
        })
        .await;
}

/// Asserts that a reply is Ideogram's earlier one, byte for byte.
fn assert_replayed(reply: &Reply, first: &Reply) {
    assert_eq!(reply.header("idempotent-replayed"), Some("true"), "{reply:?}");
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!((reply.status, &reply.body), (first.status, &first.body));
    assert_eq!(reply.header("content-type"), first.header("content-type"));
}

fn entries(app: &TestApp, action: &str) -> Vec<Entry> {
    let all = fold(app.running.reader().records(&RecordQuery::default()).unwrap());
    all.into_iter().filter(|entry| &*entry.action == action).collect()
}

/// Returns the files of kept answers.
fn sealed(app: &TestApp) -> Vec<PathBuf> {
    let files = std::fs::read_dir(app.data().join("answers")).unwrap();
    files.map(|file| file.unwrap().path()).collect()
}

/// Says whether a text is anywhere in a folder.
fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().map(Result::unwrap).any(|entry| {
        let kind = entry.file_type().unwrap();
        let in_file = |path: &Path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        };
        (kind.is_dir() && holds(&entry.path(), text)) || (kind.is_file() && in_file(&entry.path()))
    })
}

/// Makes a call whose client hangs up while Ideogram works on it, and whose answer is then kept.
async fn orphaned(app: &TestApp, client: &Client) {
    app.ideogram.script(Script::new(Act::Hold));
    let own = client.clone();
    let arrived = app.arrived();
    let call = tokio::spawn(async move { own.post_text(GENERATE, &body()).await });
    working(app, arrived + 1).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    app.ideogram.release();
    eventually("the answer is on disk", || {
        sealed(app).iter().any(|path| path.extension().is_some_and(|end| end == "sealed"))
    })
    .await;
}

async fn app_with(toml: &str) -> TestApp {
    TestApp::with(TestSettings { toml: toml.to_owned(), ..TestSettings::default() }).await
}
