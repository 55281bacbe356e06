//! Exports: whole, in part, checked, and never half.

use super::{call, home, keep_elsewhere, records};
use crate::support::{Binary, Home};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{fs, path::PathBuf};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

async fn with_calls(calls: usize) -> (Home, Binary, String) {
    let home = home().await;
    let gateway = home.start().await;
    let (token, secret) = home.token().await;
    let client = crate::support::Client::new(gateway.ready.proxy.clone(), &secret);
    for _ in 0..calls {
        call(&client).await;
    }
    (home, gateway, token)
}

fn at(home: &Home, name: &str) -> PathBuf {
    home.path().join(name)
}

fn lines(home: &Home, name: &str) -> Vec<String> {
    let text = fs::read_to_string(at(home, name)).unwrap();
    text.split_inclusive('\n').map(str::to_owned).collect()
}

async fn export(home: &Home, arguments: &[&str]) -> String {
    home.run(&[&["audit", "export"], arguments].concat()).await.good().out
}

#[tokio::test]
async fn an_export_of_the_whole_proves_itself_and_who_made_it_is_in_it() {
    let (home, gateway, _) = with_calls(3).await;
    export(&home, &["--to", "record.jsonl"]).await;
    export(&home, &["--format", "csv", "--to", "entries.csv"]).await;
    let key = home.run(&["audit", "key"]).await.good().out.trim().to_owned();
    gateway.stop().await;
    let written = lines(&home, "record.jsonl");
    let sealed: Vec<Value> = written[1..written.len() - 1]
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = &sealed[sealed.len() - 1]["record"];
    let numbers: Vec<_> = sealed.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{numbers:?}");
    assert_eq!(last["action"], "audit.export");
    assert_eq!(last["body"]["after"], json!({"format": "jsonl", "filter": {}}));
    assert!(last["principal"].as_str().unwrap().starts_with("uid:"), "{last}");
    let end: Value = serde_json::from_str(written.last().unwrap()).unwrap();
    let manifest = super::by_hand::open_note(end["manifest"].as_str().unwrap(), &key);
    let digest = Sha256::digest(written[..written.len() - 1].concat());
    assert!(manifest.contains(&format!("\nsha256 {}\n", hex::encode(digest))), "{manifest}");
    let (elsewhere, _) = keep_elsewhere(&home);
    for (name, count) in
        [("record.jsonl", format!("{} records", sealed.len())), ("entries.csv", String::new())]
    {
        let told = home.run(&["audit", "verify", "--export", name, "--key", &key]).await.good();
        assert!(told.out.starts_with(&format!("good: {count}")), "{told:?}");
        let outside = ["--checkpoint", elsewhere.to_str().unwrap(), "--key", &key];
        home.run(&[&["audit", "verify", "--export", name][..], &outside].concat()).await.good();
    }
}

#[tokio::test]
async fn a_part_is_narrowed_by_environment_token_result_and_time() {
    let (home, _gateway, token) = with_calls(2).await;
    let count = async |filter: &[&str]| {
        let written = export(&home, filter).await;
        written.lines().count() - 2
    };
    assert_eq!(count(&["--environment", "app"]).await, 5);
    assert_eq!(count(&["--environment", "prod"]).await, 0);
    assert_eq!(count(&["--token", &token]).await, 5);
    assert_eq!(count(&["--result", "failure"]).await, 0);
    assert_eq!(count(&["--until", "2000-01-01"]).await, 0);
    // What exports before it left on record is in it too.
    let success = count(&["--result", "success"]).await;
    assert_eq!(success as u64, records(&home.data()));
    let table = export(&home, &["--format", "csv", "--token", &token]).await;
    assert_eq!(table.lines().count(), 1 + 3, "{table}");
    for wrong in [["--result", "nonsense"], ["--since", "yesterday"]] {
        let told = home.run(&[&["audit", "export"], &wrong[..]].concat()).await;
        assert_eq!((told.code, told.out.as_str()), (64, ""), "{told:?}");
    }
}

#[tokio::test]
async fn whatever_is_done_to_an_export_is_found_and_named() {
    let (home, gateway, _) = with_calls(3).await;
    export(&home, &["--to", "record.jsonl"]).await;
    export(&home, &["--format", "csv", "--to", "entries.csv"]).await;
    gateway.stop().await;
    let assert_found = async |name: &str, lines: Vec<String>, words: &str| {
        fs::write(at(&home, name), lines.concat()).unwrap();
        let told = home.run(&["audit", "verify", "--export", name]).await;
        assert_eq!(told.code, 2, "{told:?}");
        assert!(told.out.starts_with(&format!("BAD: {words}")), "{told:?}");
    };
    let good = lines(&home, "record.jsonl");
    let (mut edited, of) = (good.clone(), |line: &String| line.contains("\"status\":200"));
    let row = good.iter().position(of).unwrap();
    edited[row] = edited[row].replace("\"status\":200", "\"status\":500");
    assert_found("record.jsonl", edited, &format!("line {} (record {row}): changed", row + 1))
        .await;
    let mut shorter = good.clone();
    shorter.remove(4);
    assert_found("record.jsonl", shorter, "line 5 (record 5): is not number 4").await;
    assert_found("record.jsonl", good[..5].to_vec(), "line 6: is cut off").await;
    let table = lines(&home, "entries.csv");
    let mut edited = table.clone();
    edited[2] = edited[2].replace("success", "failure");
    assert_found("entries.csv", edited, "line 3 (record 2): changed").await;
    assert_found(
        "entries.csv",
        table[..3].to_vec(),
        "the file: it has other lines than were signed",
    )
    .await;
    fs::remove_file(at(&home, "entries.csv.note")).unwrap();
    fs::write(at(&home, "entries.csv"), table.concat()).unwrap();
    let told = home.run(&["audit", "verify", "--export", "entries.csv"]).await;
    assert_eq!(
        (told.code, &*told.out),
        (64, ""),
        "nothing is said of it without its note: {told:?}"
    );
    assert!(told.err.contains("entries.csv.note") && told.err.contains("--note"), "{told:?}");
}

#[tokio::test]
async fn a_file_that_is_there_is_replaced_only_when_asked_and_only_by_a_whole_one() {
    let (home, _gateway, _) = with_calls(1).await;
    fs::write(at(&home, "record.jsonl"), "precious").unwrap();
    let told = home.run(&["audit", "export", "--to", "record.jsonl"]).await;
    assert_eq!(told.code, 64, "{told:?}");
    assert_eq!(fs::read_to_string(at(&home, "record.jsonl")).unwrap(), "precious");
    assert!(!at(&home, "record.jsonl.part").exists());
    assert_eq!(home.run(&["audit", "export", "--note", "x"]).await.code, 64);
    let told = export(&home, &["--to", "record.jsonl", "--force"]).await;
    assert!(told.starts_with(&format!("{} records written", records(&home.data()))), "{told}");
    assert!(!at(&home, "record.jsonl.part").exists());
}

/// A gateway that gives its key, then breaks an export off.
async fn breaks_off(listener: TcpListener, key: String, half: String) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (key, half) = (key.clone(), half.clone());
        tokio::spawn(async move {
            let mut asked = vec![0; 4096];
            let read = stream.read(&mut asked).await.unwrap();
            let is_key = String::from_utf8_lossy(&asked[..read]).contains("/audit/key");
            let (body, length) = if is_key { (&key, key.len()) } else { (&half, half.len() + 999) };
            let head = format!(
                "HTTP/1.1 200 OK\r\nideogate-request-id: req_1\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        });
    }
}

#[tokio::test]
async fn an_export_that_breaks_off_leaves_what_was_there() {
    let (home, gateway, _) = with_calls(1).await;
    let whole = export(&home, &[]).await;
    let key = home.json(&["audit", "key"]).await.to_string();
    gateway.stop().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let half = whole[..whole.len() / 2].to_owned();
    let server = tokio::spawn(breaks_off(listener, key, half));
    fs::write(at(&home, "record.jsonl"), "precious").unwrap();
    for to in [&["--to", "record.jsonl", "--force"][..], &[]] {
        let told = home.run(&[&["audit", "export", "--admin", &url], to].concat()).await;
        assert_eq!(told.code, 1, "{told:?}");
        assert!(told.err.contains("broke off"), "{told:?}");
    }
    assert_eq!(fs::read_to_string(at(&home, "record.jsonl")).unwrap(), "precious");
    server.abort();
}
