//! A secret that is put into each place is found there: the search looks everywhere it says it does.

use super::GENERATE;
use crate::support::{
    Client, Home, KEY, Raw, TestApp, TestSettings, eventually,
    sweep::{self, Kind, Leak, Sink, canary, spell},
};
use futures_util::FutureExt;
use ideogate::{domain::Principal, tokens::NewToken};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, panic::AssertUnwindSafe};

/// A secret that may be the name of things, so that it gets everywhere.
const NAME: &str = "q7w8e9r4t5-y6u1i2o3p-a9s8d7f6g5";

fn sinks(leaks: &[Leak], kind: Kind) -> Vec<Sink> {
    let mut sinks: Vec<_> =
        leaks.iter().filter(|leak| leak.kind == kind).map(|leak| leak.sink).collect();
    sinks.sort_unstable();
    sinks.dedup();
    sinks
}

/// Starts a gateway with an environment of that name.
fn named() -> TestSettings {
    let toml = format!("[environments.{NAME}]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\n");
    TestSettings { toml, ..TestSettings::default() }
}

/// Makes a token whose name is the secret; names are on record, in the database and in the control plane's answers.
async fn name_a_token(app: &TestApp) {
    let new = NewToken {
        environment: "app".to_owned(),
        name: NAME.to_owned(),
        scopes: vec!["read:models".to_owned()],
        ..NewToken::default()
    };
    app.running.tokens().create(new, &Principal::LocalUser(0)).await.unwrap();
}

/// Returns what something failed with that must fail.
async fn failed(work: impl Future) -> String {
    let failure = AssertUnwindSafe(work).catch_unwind().await.err().unwrap();
    match failure.downcast::<String>() {
        Ok(told) => *told,
        Err(other) => (*other.downcast_ref::<&str>().unwrap()).to_owned(),
    }
}

#[tokio::test]
async fn nothing_is_found_where_nothing_is() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a heron in the reeds"})).await.status, 200);
    assert_eq!(app.leaks(), []);
}

#[tokio::test]
async fn what_is_logged_is_found_in_every_spelling() {
    let app = TestApp::spawn().await;
    let mut cases = Vec::new();
    for (encoding, text) in spell(KEY.as_bytes()) {
        // A log in JSON escapes zeros and backslashes: this is how they are written before.
        if !encoding.ends_with("within JSON")
            && let Ok(text) = String::from_utf8(text)
            && !text.contains('\0')
        {
            let case = format!("case {} of many", cases.len());
            tracing::trace!(target: "some_library", "{case} {text} sent");
            cases.push((case, encoding));
        }
    }
    let leaks = app.leaks();
    assert_eq!(sinks(&leaks, Kind::Key), [Sink::Log]);
    for (case, encoding) in cases {
        assert!(leaks.iter().any(|leak| leak.around.contains(&case)), "{encoding}");
    }
    app.search_nothing();
}

#[tokio::test]
async fn what_other_threads_log_is_found() {
    let app = TestApp::spawn().await;
    canary(Kind::Prompt, NAME);
    std::thread::spawn(|| tracing::debug!(prompt = NAME, "journal")).join().unwrap();
    assert_eq!(sinks(&app.leaks(), Kind::Prompt), [Sink::Log]);
    app.search_nothing();
}

#[tokio::test]
async fn every_kind_of_secret_in_any_file_is_found_in_every_spelling() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    client.post(GENERATE, &json!({"prompt": "a heron in the reeds"})).await;
    let kinds = [
        Kind::Token,
        Kind::OperatorToken,
        Kind::WebhookSecret,
        Kind::IdempotencyKey,
        Kind::Prompt,
        Kind::SignedLink,
    ];
    for (number, kind) in kinds.into_iter().enumerate() {
        let secret = format!("{NAME}/{number}+{kind:?}=");
        canary(kind, &secret);
        let mut files = Vec::new();
        for (at, (encoding, text)) in spell(secret.as_bytes()).into_iter().enumerate() {
            for folder in ["", "answers/", "some/folder/below/"] {
                let file = format!("{folder}file-{at}");
                let path = app.data().join(&file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &text).unwrap();
                files.push((file, encoding.clone()));
            }
        }
        let leaks = app.leaks();
        assert_eq!(sinks(&leaks, kind), [Sink::File], "{kind:?}");
        for (file, encoding) in files {
            let is_found = leaks.iter().any(|leak| leak.kind == kind && leak.place == file);
            assert!(is_found, "{kind:?} {encoding} {file}");
            fs::remove_file(app.data().join(file)).unwrap();
        }
    }
    assert_eq!(app.leaks(), []);
    app.search_nothing();
}

#[tokio::test]
async fn what_is_written_by_the_gateway_is_found_in_database_log_and_record() {
    let app = TestApp::spawn().await;
    canary(Kind::Prompt, NAME);
    name_a_token(&app).await;
    let leaks = app.leaks();
    assert_eq!(sinks(&leaks, Kind::Prompt), [Sink::Audit, Sink::File]);
    assert!(leaks.iter().any(|leak| leak.place.starts_with("ideogate.db")), "{leaks:?}");
    app.search_nothing();
}

#[tokio::test]
async fn an_end_user_is_on_record_by_an_id_and_in_no_file_by_name() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let request = client.request("POST", GENERATE).header("Ideogate-User", NAME);
    assert_eq!(client.send(request.json(&json!({"prompt": "a heron"}))).await.status, 200);
    assert_eq!(app.leaks(), []);
    let user = app.only_entry().await.metadata.on_behalf_of.unwrap();
    assert!(user.starts_with("usr_"), "{user}");
    let known = app.ask("/api/v1/audit/persons").await;
    assert_eq!((&known[0]["user"], &known[0]["name"]), (&json!(user), &json!(NAME)));
    assert_eq!(app.leaks(), [], "whoever asks is told, and it is written nowhere all the same");
    canary(Kind::Prompt, &*user);
    assert_eq!(sinks(&app.leaks(), Kind::Prompt), [Sink::Audit, Sink::File], "the search finds it");
    app.search_nothing();
}

#[tokio::test]
async fn what_metrics_and_own_answers_show_is_found() {
    let app = TestApp::with(named()).await;
    let client = app.client_with(NAME, &["write:generate"]).await;
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a heron"})).await.status, 200);
    client.get("/_ideogate/whoami").await;
    canary(Kind::WebhookSecret, NAME);
    let found = sinks(&app.leaks(), Kind::WebhookSecret);
    for sink in [Sink::Metrics, Sink::Own, Sink::Audit, Sink::File, Sink::Log] {
        assert!(found.contains(&sink), "{sink:?} is not in {found:?}");
    }
    app.search_nothing();
}

#[tokio::test]
async fn what_is_passed_on_is_searched_for_the_key_and_tokens() {
    use ideogate::simulator::{Act, Script};
    let app = TestApp::spawn().await;
    let client = app.client().await;
    canary(Kind::Token, NAME);
    app.ideogram.script(Script::new(Act::json(422, &format!("{{\"x\":\"{NAME}\"}}"))));
    client.post(GENERATE, &json!({"prompt": "a heron"})).await;
    assert_eq!(sinks(&app.leaks(), Kind::Token), [Sink::Passed]);
    app.search_nothing();
}

#[tokio::test]
async fn what_the_control_plane_answers_is_found() {
    let app = TestApp::spawn().await;
    name_a_token(&app).await;
    assert!(app.ask("/api/v1/tokens").await.to_string().contains(NAME));
    canary(Kind::Token, NAME);
    let told = failed(app.ask("/api/v1/tokens")).await;
    assert!(told.contains("Token in Admin") && !told.contains(NAME), "{told}");
    app.search_nothing();
}

#[tokio::test]
async fn what_a_command_prints_is_found() {
    let mut home = Home::new().await;
    let gateway = home.start().await;
    let asked = ["token", "create", "--environment", "app", "--name", NAME];
    home.run(&[&asked[..], &["--scope", "read:models"]].concat()).await.good();
    canary(Kind::Token, NAME);
    let told = failed(home.run(&["token", "list"])).await;
    assert!(told.contains("Token in Command") && !told.contains(NAME), "{told}");
    home.search_nothing();
    gateway.search_nothing();
}

#[tokio::test]
async fn a_leak_fails_the_test_that_leaks() {
    let app = TestApp::spawn().await;
    tracing::info!(key = KEY, "starting");
    let told = failed(async { drop(app) }).await;
    assert!(told.contains("1 secrets were left behind") && !told.contains(KEY), "{told}");

    let home = Home::new().await;
    let gateway = home.start().await;
    fs::write(home.data().join("note"), hex::encode(KEY)).unwrap();
    let told = failed(async { drop(gateway) }).await;
    assert!(told.contains("Key in File note, at byte 0, hex"), "{told}");
    let told = failed(async { drop(home) }).await;
    assert!(told.contains("Key in File note"), "{told}");
}

#[tokio::test]
async fn a_test_that_has_failed_already_is_not_failed_again() {
    let app = TestApp::spawn().await;
    tracing::info!(key = KEY, "starting");
    let told = failed(async {
        let _app = app;
        panic!("for a reason of its own");
    })
    .await;
    assert_eq!(told, "for a reason of its own");
}

#[tokio::test]
async fn a_body_that_waits_on_disk_without_a_name_is_searched() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let mut socket = Raw::connect(&app.url()).await;
    let body = format!("{{\"prompt\":\"{NAME}\",\"pad\":\"{}", "x".repeat(3 << 20));
    socket.head(GENERATE, &client.token, body.len() + 2).await;
    socket.write(body.as_bytes()).await;
    canary(Kind::Prompt, NAME);
    let is_on_disk = || !sweep::spooled_files("self", &app.data()).is_empty();
    eventually("the body is on disk", is_on_disk).await;
    assert_eq!(app.leaks(), [], "a prompt may wait there");
    canary(Kind::Key, &NAME[1..]);
    eventually("it is found", || sinks(&app.leaks(), Kind::Key) == [Sink::Spooled]).await;
    app.search_nothing();
}

#[tokio::test]
async fn key_files_may_hold_what_nothing_else_may() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let request = client.request("POST", GENERATE).header("Idempotency-Key", "a-key-of-a-client-1");
    assert_eq!(client.send(request.json(&json!({"prompt": "a heron"}))).await.status, 200);
    let secret = fs::read(app.data().join("answers.key")).unwrap();
    assert_eq!(app.leaks(), []);
    fs::write(app.data().join("copy"), hex::encode(secret)).unwrap();
    assert_eq!(sinks(&app.leaks(), Kind::KeyFile), [Sink::File]);
    fs::remove_file(app.data().join("copy")).unwrap();
    // One that nobody knows of, and one that others may read, are found by their name and their rights.
    fs::write(app.data().join("other.key"), "x").unwrap();
    fs::set_permissions(app.data().join("answers.key"), PermissionsExt::from_mode(0o640)).unwrap();
    let strays = sweep::strays(&app.data()).join("\n");
    assert!(strays.contains("other.key is no key file that is known"), "{strays}");
    assert!(strays.contains("answers.key can be read by others: 640"), "{strays}");
    app.search_nothing();
}

#[tokio::test]
async fn what_a_process_leaves_behind_is_found() {
    let toml = format!(
        "[audit]\nstdout = true\n[environments.{NAME}]\naccount = \"ideogram\"\nscopes = [\"write:*\"]\n"
    );
    let mut home = Home::with(&toml, ideogate::simulator::SimulatorOptions::default()).await;
    home.search_nothing();
    let mut gateway = home.start().await;
    let asked = ["token", "create", "--environment", NAME, "--name", "x", "--scope", "write:*"];
    let made = home.json(&asked).await;
    let client = Client::new(gateway.ready.proxy.clone(), made["token"].as_str().unwrap());
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a heron"})).await.status, 200);
    canary(Kind::Key, NAME);
    let found = sinks(&gateway.leaks(), Kind::Key);
    assert_eq!(found, [Sink::Log, Sink::Stdout, Sink::File, Sink::Metrics]);
}

#[tokio::test]
async fn what_stands_in_the_arguments_of_a_process_is_found() {
    let mut home = Home::new().await;
    home.search_nothing();
    let mut gateway = home.start().await;
    let folder = home.path().file_name().unwrap().to_str().unwrap().to_owned();
    canary(Kind::Key, format!("{folder}/ideogate.toml"));
    assert!(sinks(&gateway.leaks(), Kind::Key).contains(&Sink::Arguments));
}
