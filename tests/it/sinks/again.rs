//! A reader who comes back is told how much is missing.

use super::{House, call, many, stop};
use crate::support::until;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::Value;
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::Stdio,
};

/// A pipe with a name, which readers can leave and come back to.
struct Fifo(PathBuf);

impl Fifo {
    fn new(house: &House) -> Self {
        let path = house.home.path().join("fifo");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        Self(path)
    }

    /// Returns an end to write to whose reader is gone.
    fn left(&self) -> Stdio {
        let reader = self.read();
        let writer = File::options().write(true).open(&self.0).unwrap();
        drop(reader);
        writer.into()
    }

    /// Begins to read; another one who writes keeps it from ending.
    fn read(&self) -> File {
        File::options().read(true).write(true).open(&self.0).unwrap()
    }

    /// Begins to read, and returns the first line.
    async fn first_line(&self) -> String {
        let reader = self.read();
        let line = move || BufReader::new(reader).lines().next().unwrap().unwrap();
        tokio::task::spawn_blocking(line).await.unwrap()
    }
}

#[tokio::test]
async fn of_the_log_with_an_event_in_its_own_form() {
    for format in ["text", "json"] {
        // Whatever is logged: it is told at any level.
        let house = House::new(format, "error,ideogate::web=info").await;
        let fifo = Fifo::new(&house);
        let mut gateway = house.serve_into(None, Some(fifo.left())).await;
        many(&house.client().await, 30).await;
        let missing = until("all are dropped", async || {
            let dropped = house.dropped("log").await;
            (dropped >= 30).then_some(dropped)
        })
        .await;
        let line = fifo.first_line().await;
        let told: u64 = if format == "json" {
            let event: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(event["level"], "WARN", "{line}");
            event["dropped"].as_u64().unwrap()
        } else {
            assert!(line.contains(" WARN "), "{line}");
            line.rsplit_once("dropped=").unwrap().1.parse().unwrap()
        };
        assert!(told >= missing, "{told} of {missing}: {line}");
        stop(&mut gateway).await;
    }
}

#[tokio::test]
async fn of_stdout_with_a_line_of_its_own_and_a_warning_in_the_log() {
    let house = House::new("text", "info").await;
    let fifo = Fifo::new(&house);
    let mut gateway = house.serve_into(Some(fifo.left()), None).await;
    let client = house.client().await;
    many(&client, 30).await;
    let missing = until("checkpoints are dropped too", async || {
        (house.dropped("checkpoint").await > 0).then_some(house.dropped("audit").await)
    })
    .await;
    let log = gateway.log();
    assert_eq!(log.matches("stdout cannot be written").count(), 1, "{log}");
    let line = fifo.first_line().await;
    let told: Value = serde_json::from_str(line.strip_prefix("[DROPPED] ").unwrap()).unwrap();
    assert!(missing >= 60, "two records a call: {missing}");
    assert!(told["audit"].as_u64().unwrap() >= missing, "{line}");
    assert!(told["checkpoint"].as_u64().unwrap() > 0 && told["output"] == 1, "{line}");
    until("the log tells of it", async || {
        gateway.log().contains("lines on stdout were dropped").then_some(())
    })
    .await;
    call(&client).await;
    stop(&mut gateway).await;
}
