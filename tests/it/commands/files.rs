//! How many files the process may open, and who gets them.

use super::picture;
use crate::support::{Binary, Client, Home};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// More than all connections that are served with it.
const FEW: u64 = 300;

async fn connect(gateway: &Binary) -> TcpStream {
    let address = gateway.ready.proxy.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

/// Operators do as they do every day.
async fn operators_work(home: &Home) {
    home.run(&["queue", "status"]).await.good();
    home.run(&["audit", "search", "--output", "json"]).await.good();
}

#[tokio::test]
async fn the_soft_limit_is_raised_to_the_hard_one() {
    let home = Home::new().await;
    let gateway = home.start_with_files(100, 2000).await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", gateway.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let numbers: Vec<_> =
        line.split_whitespace().filter_map(|word| word.parse::<u64>().ok()).collect();
    assert_eq!(numbers, [2000, 2000]);
}

#[tokio::test]
async fn connections_of_clients_leave_files_for_operators_and_the_cap_is_told() {
    let home = Home::new().await;
    let gateway = home.start_with_files(FEW, FEW).await;
    let log = gateway.log();
    assert!(
        log.contains("door.max_connections is 10000") && log.contains("105 connections are served"),
        "{log}"
    );
    let client = home.client(&gateway).await;
    let mut crowd = Vec::new();
    for _ in 0..FEW + 100 {
        crowd.push(connect(&gateway).await);
    }
    operators_work(&home).await;
    let mut last = crowd.pop().unwrap();
    let mut told = Vec::new();
    timeout(Duration::from_secs(10), last.read_to_end(&mut told)).await.unwrap().ok();
    let told = String::from_utf8_lossy(&told);
    assert!(told.contains("too_many_connections"), "{told}");
    drop((crowd, last));
    let served = async || (picture(&client, "a fox").await.status == 200).then_some(());
    crate::support::until("clients are served again", served).await;
    assert!(!gateway.log().contains("cannot accept connections"), "{}", gateway.log());
}

#[tokio::test]
async fn bodies_of_clients_leave_files_for_operators_and_for_what_is_paid() {
    let home = Home::new().await;
    home.change("[bodies]\nmemory = \"1MiB\"\n[door]\nmax_connections = 105\n");
    let gateway = home.start_with_files(FEW, FEW).await;
    let client = home.client(&gateway).await;
    let mut crowd = Vec::new();
    for _ in 0..100 {
        let mut stream = connect(&gateway).await;
        upload(&mut stream, &client).await;
        crowd.push(stream);
    }
    operators_work(&home).await;
    assert!(!gateway.log().contains("cannot accept connections"), "{}", gateway.log());
    drop(crowd);
    let served = async || (picture(&client, "a fox").await.status == 200).then_some(());
    crate::support::until("clients are served again", served).await;
}

/// Begins a body that goes to disk, and stops in the middle of it.
async fn upload(stream: &mut TcpStream, client: &Client) {
    let head = crate::support::head(client, super::GENERATE, 1 << 20);
    stream.write_all(head.as_bytes()).await.unwrap();
    // Refused ones are closed before they are read.
    stream.write_all(&vec![b' '; 64 << 10]).await.ok();
}

#[tokio::test]
async fn a_process_that_may_open_too_few_files_is_refused() {
    let home = Home::new().await;
    let mut gateway = home.begin_with_files(200, 200);
    assert_eq!(gateway.ended().await.code(), Some(64), "{}", gateway.log());
    assert!(
        gateway.log().contains("200 files only") && gateway.log().contains("256"),
        "{}",
        gateway.log()
    );
    assert!(!home.data().exists());
}
