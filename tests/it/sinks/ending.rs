//! How it ends: with every line that somebody reads, and without waiting for those who do not.

use super::{Fate, GENERATE, House, Outlet, many, stop};
use crate::support::Home;
use ideogate::simulator::{Act, Script};
use rustix::process::Signal;
use serde_json::json;
use std::{
    io::{BufRead, BufReader},
    time::{Duration, Instant},
};

#[tokio::test]
async fn a_second_signal_ends_it_at_once_though_nobody_reads() {
    let house = House::new("text", "trace").await;
    let mut outlets = [Outlet::new(Fate::Stalled), Outlet::new(Fate::Stalled)];
    outlets.iter_mut().for_each(Outlet::spoil);
    let mut gateway = house.serve(Some(&outlets[0]), Some(&outlets[1])).await;
    let client = house.client().await;
    house.home.ideogram.script(Script::new(Act::Hold));
    let sent = {
        let client = client.clone();
        tokio::spawn(async move { client.post(GENERATE, &json!({"prompt": "x"})).await.status })
    };
    house.home.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    gateway.signal(Signal::TERM);
    gateway.signal(Signal::INT);
    let begun = Instant::now();
    let status = gateway.ended().await;
    assert!(begun.elapsed() < Duration::from_secs(9), "it waits for its deadline");
    assert!(status.code().is_some(), "{status}");
    sent.abort();
    house.home.verify().await;
}

#[tokio::test]
async fn whoever_reads_slowly_gets_every_line_to_the_last() {
    let house = House::new("text", "debug").await;
    let (out, err) = (Outlet::new(Fate::Stalled), Outlet::new(Fate::Stalled));
    let mut gateway = house.serve(Some(&out), Some(&err)).await;
    let readers = [out, err].map(|outlet| {
        let lines = BufReader::with_capacity(1024, outlet.into_reader()).lines();
        // A millisecond in each line is more than the gateway takes to make one.
        let slow = |line: &std::io::Result<String>| {
            std::thread::park_timeout(Duration::from_micros(200));
            line.is_ok()
        };
        tokio::task::spawn_blocking(move || {
            lines.filter(slow).map(Result::unwrap).collect::<Vec<_>>()
        })
    });
    many(&house.client().await, 100).await;
    let dropped = [house.dropped("log").await, house.dropped("audit").await];
    stop(&mut gateway).await;
    let [out, err] = readers;
    let (out, err) = (out.await.unwrap(), err.await.unwrap());
    assert_eq!(dropped, [0, 0]);
    assert!(err.last().unwrap().contains("all calls ended"), "{:?}", err.last());
    assert!(out[0].starts_with("ready "), "{}", out[0]);
    assert!(out.last().unwrap().starts_with("[CHECKPOINT] "), "{:?}", out.last());
    let audit = out.iter().filter(|line| line.starts_with("[AUDIT] ")).count();
    let verified = house.home.run(&["audit", "verify"]).await.good();
    assert!(verified.out.contains(&format!("{audit} records")), "{audit}: {verified:?}");
}

#[tokio::test]
async fn a_start_that_fails_has_its_exit_code_though_nobody_reads_why() {
    let home = Home::new().await;
    home.change("[queue]\ncapacity = 0\nnonsense = 1\n");
    let file = home.file();
    let broken = ["serve", "--config", file.to_str().unwrap()];
    for arguments in
        [&broken[..], &["serve", "--no-such-thing"], &["audit", "search", "--nonsense"]]
    {
        for fate in [Fate::Gone, Fate::Stalled, Fate::Full] {
            let (mut out, mut err) = (Outlet::new(fate), Outlet::new(fate));
            out.spoil();
            err.spoil();
            let mut process = home.begin_into(arguments, Some(out.end()), Some(err.end()));
            assert_eq!(process.ended().await.code(), Some(64), "{arguments:?} {fate:?}");
        }
    }
}
