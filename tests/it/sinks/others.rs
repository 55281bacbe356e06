//! The other commands that serve: the stand-in and the demo.

use super::{Fate, Outlet};
use crate::support::{Home, until};
use rustix::process::Signal;
use std::{net::TcpListener, time::Duration};
use tokio::time::timeout;

#[tokio::test]
async fn the_simulator_serves_and_ends_though_nobody_reads_where_it_is() {
    let home = Home::new().await;
    for fate in [Fate::Gone, Fate::Stalled, Fate::Full] {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let listen = address.to_string();
        let (mut out, mut err) = (Outlet::new(fate), Outlet::new(fate));
        out.spoil();
        err.spoil();
        let simulator = ["simulator", "--pace", "0", "--listen", &*listen];
        let mut process = home.begin_into(&simulator, Some(out.end()), Some(err.end()));
        let models = format!("http://{address}/models");
        let asked = async || reqwest::Client::new().get(&models).send().await.ok();
        until("it answers", asked).await;
        process.signal(Signal::TERM);
        let ended = timeout(Duration::from_secs(5), process.ended()).await;
        assert_eq!(ended.expect("it ends").code(), Some(0), "{fate:?}");
    }
}

#[tokio::test]
async fn the_demo_makes_its_call_though_nobody_reads_about_it() {
    let home = Home::new().await;
    for fate in [Fate::Gone, Fate::Stalled, Fate::Full] {
        let (mut out, mut err) = (Outlet::new(fate), Outlet::new(fate));
        out.spoil();
        err.spoil();
        let demo = ["demo", "--once", "--save", "picture.png"];
        let mut process = home.begin_into(&demo, Some(out.end()), Some(err.end()));
        assert_eq!(process.ended().await.code(), Some(0), "{fate:?}");
        let picture = std::fs::read(home.path().join("picture.png")).unwrap();
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
        std::fs::remove_file(home.path().join("picture.png")).unwrap();
    }
}
