//! The command line over the network.

use crate::support::{Binary, Home, until};
use serde_json::Value;
use std::{path::Path, time::Duration};
use tokio::time::timeout;

struct Made {
    id: String,
    token: String,
}

async fn make(home: &Home, name: &str, role: &str) -> Made {
    let told = home.json(&["operator", "create", "--name", name, "--role", role]).await;
    let text = |field: &str| told[field].as_str().unwrap().to_owned();
    assert_eq!((text("name"), text("role")), (name.to_owned(), role.to_owned()));
    Made { id: text("id"), token: text("token") }
}

async fn spawn() -> (Home, Binary) {
    let home = Home::new().await;
    let gateway = home.start().await;
    (home, gateway)
}

#[tokio::test]
async fn the_socket_makes_the_first_operator_who_then_works_over_the_network() {
    let (mut home, gateway) = spawn().await;
    let admin = gateway.ready.admin.clone();
    let at = ["--admin", &admin];
    let told = home.run(&[&["token", "list"], &at[..]].concat()).await;
    assert_eq!(told.code, 1);
    assert!(told.err.contains("ideogate operator create"), "{}", told.err);
    let anna = make(&home, "anna", "operator").await;
    assert!(anna.token.starts_with("ido_") && anna.id.starts_with("op_"));

    let told = home.run(&[&["token", "list"], &at[..]].concat()).await;
    assert_eq!(told.code, 1);
    assert!(told.err.contains("IDEOGATE_OPERATOR_TOKEN"), "{}", told.err);

    home.give("IDEOGATE_OPERATOR_TOKEN", &anna.token);
    let me = home.json(&[&["operator", "me"], &at[..]].concat()).await;
    assert_eq!((&me["user_id"], &me["role"]), (&"operator:anna".into(), &"operator".into()));
    home.run(&[&["pause"], &at[..]].concat()).await.good();
    let told = home.run(&[&["operator", "list"], &at[..]].concat()).await.good();
    assert!(told.out.contains("anna") && !told.out.contains("ido_"), "{}", told.out);
    let told = home.run(&[&["operator", "revoke", &anna.id], &at[..]].concat()).await;
    assert_eq!(told.code, 1);
    assert!(told.err.contains("takes the role admin"), "{}", told.err);
    let entries = home.run(&["audit", "search", "--output", "json"]).await.good().lines();
    let pause = entries.iter().find(|entry| entry["action"] == "queue.pause").unwrap();
    assert_eq!(pause["userId"], "operator:anna");
    assert_eq!(pause["metadata"]["operator_id"], anna.id.as_str());

    make(&home, "bert", "viewer").await;
    home.run(&["operator", "revoke", &anna.id]).await.good();
    let told = home.run(&[&["operator", "me"], &at[..]].concat()).await;
    assert_eq!(told.code, 1);
    assert!(told.err.contains("not valid") && !told.err.contains("ido_"), "{}", told.err);
    home.verify().await;
    assert!(!gateway.log().contains("ido_"), "{}", gateway.log());
    assert_nowhere(&home.data(), &anna.token[4..]);
}

/// Asserts that no file holds a text.
fn assert_nowhere(folder: &Path, text: &str) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            assert_nowhere(&entry.path(), text);
        } else if kind.is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{}", entry.path().display());
        }
    }
}

#[tokio::test]
async fn a_token_in_a_file_works_and_a_new_one_ends_the_old_one() {
    let (mut home, gateway) = spawn().await;
    let admin = gateway.ready.admin.clone();
    let anna = make(&home, "anna", "viewer").await;
    let file = home.path().join("operator.token");
    std::fs::write(&file, format!("{}\n", anna.token)).unwrap();
    home.give("IDEOGATE_OPERATOR_TOKEN_FILE", file.to_str().unwrap());
    let ask = ["operator", "me", "--admin", &admin];
    home.run(&ask).await.good();
    let told = home.run(&["operator", "rotate", &anna.id]).await.good();
    let new = told.out.trim_end();
    assert!(new.starts_with("ido_") && new != anna.token);
    assert!(!told.err.contains("ido_"), "the token alone is on stdout: {}", told.err);
    assert_eq!(home.run(&ask).await.code, 1);
    std::fs::write(&file, new).unwrap();
    home.run(&ask).await.good();
    home.run(&["operator", "set-role", &anna.id, "--role", "admin"]).await.good();
    let shown = home.json(&["operator", "show", &anna.id, "--admin", &admin]).await;
    assert_eq!((&shown["role"], &shown["state"]), (&"admin".into(), &"enabled".into()));
}

#[tokio::test]
async fn a_token_is_never_sent_where_others_could_read_it() {
    let (mut home, _gateway) = spawn().await;
    let anna = make(&home, "anna", "viewer").await;
    home.give("IDEOGATE_OPERATOR_TOKEN", &anna.token);
    // Nobody is at these addresses: were anything sent, the command would wait or say so.
    for place in ["http://192.0.2.7:8081", "http://admin.invalid", "http://a:b@127.0.0.1:1"] {
        let told = home.run(&["operator", "me", "--admin", place]).await;
        assert_eq!(told.code, 64, "{place}: {told:?}");
        assert!(!told.err.contains("ido_"), "{}", told.err);
    }
    let told = home.run(&["operator", "me", "--admin", "http://192.0.2.7:8081"]).await;
    assert!(told.err.contains("in clear"), "{}", told.err);
}

#[tokio::test]
async fn a_token_of_another_kind_is_told_before_it_is_sent() {
    let (mut home, gateway) = spawn().await;
    let admin = gateway.ready.admin.clone();
    let (_, of_app) = home.token().await;
    make(&home, "anna", "viewer").await;
    home.give("IDEOGATE_OPERATOR_TOKEN", &of_app);
    let told = home.run(&["token", "list", "--admin", &admin]).await;
    assert_eq!(told.code, 64);
    assert!(told.err.contains("the token of an app") && !told.err.contains(&of_app), "{told:?}");
    home.run(&["token", "list"]).await.good();
    home.run(&["healthcheck", "--admin", &admin]).await.good();
    let entries: Vec<Value> =
        home.run(&["audit", "search", "--output", "json"]).await.good().lines();
    assert!(!entries.iter().any(|entry| entry["action"] == "admin.request"), "{entries:#?}");
}

#[tokio::test]
async fn all_mistakes_are_told_at_once() {
    let (home, _gateway) = spawn().await;
    let told = home.run(&["operator", "create", "--name", "A B", "--role", "root"]).await;
    assert_eq!(told.code, 64);
    assert!(told.err.contains("name: ") && told.err.contains("role: 'root'"), "{}", told.err);
    for nobody in ["anna", "op_none"] {
        let told = home.run(&["operator", "revoke", nobody]).await;
        assert_eq!(told.code, 1);
        assert!(told.err.contains(&format!("there is no operator '{nobody}'")), "{told:?}");
    }
    let told = home.run(&["operator", "list"]).await.good();
    assert!(told.err.contains("There are no operators"), "{told:?}");
}

#[tokio::test]
async fn whoever_is_shut_out_while_watching_is_told_so() {
    let (mut home, gateway) = spawn().await;
    let anna = make(&home, "anna", "viewer").await;
    let admin = gateway.ready.admin.clone();
    home.give("IDEOGATE_OPERATOR_TOKEN", &anna.token);
    let (tail, mut lines) = home.watch(&["audit", "tail", "--admin", &admin]);
    // The tail is there once it tells of something.
    let told = async || {
        home.run(&["pause"]).await.good();
        timeout(Duration::from_millis(50), lines.next_line()).await.ok()
    };
    until("the tail tells", told).await.unwrap().unwrap();
    home.run(&["operator", "disable", &anna.id]).await.good();
    let ended = timeout(Duration::from_secs(30), tail.wait_with_output()).await.unwrap().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("broke off the record") && said.contains("not valid"), "{said}");
    assert!(!said.contains("decoding") && !said.contains(&anna.token), "{said}");
}
