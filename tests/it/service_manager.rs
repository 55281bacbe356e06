//! What the gateway tells a service manager, and the units that come with it.

use crate::support::{Binary, Home};
use ideogate::simulator::{Act, Script};
use rustix::process::Signal;
use serde_json::json;
use std::{path::Path, process::Command, time::Duration};
use tokio::{net::UnixDatagram, time::timeout};

/// A manager that listens, and the variables of a home that say where.
fn manager(home: &mut Home) -> UnixDatagram {
    let path = home.path().join("notify.sock");
    home.give("NOTIFY_SOCKET", path.to_str().unwrap());
    UnixDatagram::bind(path).unwrap()
}

async fn heard(manager: &UnixDatagram) -> String {
    let mut space = [0; 1024];
    let length = timeout(Duration::from_secs(30), manager.recv(&mut space)).await;
    let length = length.unwrap_or_else(|_| panic!("nothing is told")).unwrap();
    String::from_utf8(space[..length].to_vec()).unwrap()
}

/// Returns the next notice that is not about the watchdog.
async fn news(manager: &UnixDatagram) -> String {
    loop {
        let notice = heard(manager).await;
        if notice != "WATCHDOG=1\n" {
            return notice;
        }
    }
}

async fn is_fed(manager: &UnixDatagram) {
    while heard(manager).await != "WATCHDOG=1\n" {}
}

async fn ended(mut gateway: Binary) {
    assert_eq!(gateway.ended().await.code(), Some(0), "{}", gateway.log());
}

#[tokio::test]
async fn the_manager_hears_ready_reloading_ready_stopping() {
    let mut home = Home::new().await;
    let manager = manager(&mut home);
    home.give("WATCHDOG_USEC", "100000");
    let gateway = home.start().await;
    assert_eq!(news(&manager).await, "READY=1\nSTATUS=serving\n");
    is_fed(&manager).await;
    gateway.signal(Signal::HUP);
    let reloading = news(&manager).await;
    let since = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap_or_default();
    assert!(since.trim_end().parse::<u64>().is_ok_and(|since| since > 0), "{reloading}");
    assert_eq!(news(&manager).await, "READY=1\nSTATUS=serving\n");
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::Hold));
    let body = json!({"prompt": "sent"});
    let sent = tokio::spawn(async move { client.post("/v1/ideogram-v3/generate", &body).await });
    home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    gateway.signal(Signal::TERM);
    let stopping = news(&manager).await;
    assert!(stopping.starts_with("STOPPING=1\nSTATUS=draining"), "{stopping}");
    // Twice, for one may have been on its way.
    is_fed(&manager).await;
    is_fed(&manager).await;
    assert!(!sent.is_finished(), "it drains");
    home.ideogram.release();
    assert_eq!(sent.await.unwrap().status, 200);
    ended(gateway).await;
}

#[tokio::test]
async fn a_manager_that_does_not_read_holds_nothing_up() {
    let mut home = Home::new().await;
    let manager = manager(&mut home);
    home.give("WATCHDOG_USEC", "2000");
    let filler = std::os::unix::net::UnixDatagram::unbound().unwrap();
    filler.connect(home.path().join("notify.sock")).unwrap();
    filler.set_nonblocking(true).unwrap();
    while filler.send(b"filled").is_ok() {}
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    let reply = client.post("/v1/ideogram-v3/generate", &json!({"prompt": "served"})).await;
    assert_eq!(reply.status, 200);
    gateway.signal(Signal::HUP);
    gateway.signal(Signal::TERM);
    ended(gateway).await;
    assert_eq!(heard(&manager).await, "filled");
}

/// Runs systemd's own look at a unit; nothing of systemd has to run for it.
fn analyze(arguments: &[&str], folder: &Path) {
    let told = Command::new("systemd-analyze").args(arguments).current_dir(folder).output();
    let told =
        told.unwrap_or_else(|error| panic!("systemd-analyze: {error}; scripts/test installs it"));
    let words = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success() && words.is_empty(), "{arguments:?}: {told:?}");
}

#[test]
fn the_units_verify() {
    let folder = tempfile::tempdir().unwrap();
    let units = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    for unit in ["ideogate.service", "ideogate.socket"] {
        let text = std::fs::read_to_string(units.join(unit)).unwrap();
        // Programs that are not there are a mistake to it.
        let text = text.replace("/usr/bin/ideogate", env!("CARGO_BIN_EXE_ideogate"));
        std::fs::write(folder.path().join(unit), text).unwrap();
    }
    analyze(&["verify", "--man=no", "./ideogate.service", "./ideogate.socket"], folder.path());
    let strict =
        ["security", "--offline=true", "--no-pager", "--threshold=20", "./ideogate.service"];
    analyze(&strict, folder.path());
}
