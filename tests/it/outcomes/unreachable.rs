//! Nothing was written: nothing was billed, and trying again is safe.

use super::{Ended, GENERATE, body};
use crate::support::{TestApp, pass};
use ideogate::{
    domain::Usd,
    simulator::{Act, Script},
};
use insta::assert_snapshot;
use std::time::Duration;
use tokio::net::TcpSocket;

#[tokio::test]
async fn a_closed_port_is_unreachable_and_may_be_tried_again() {
    // Taken, but nobody listens: a free port might be somebody else's a moment later.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = taken.local_addr().unwrap();
    let toml = format!("[accounts.ideogram]\nbase_url = \"http://{address}\"");
    let ended = Ended::with(&toml, None).await;
    assert_snapshot!(ended, @"502 upstream_unreachable | sent 0, billed 0 | held 0 | failed after -: the upstream could not be connected to: Connection refused (os error 111)");
    let json = ended.reply.json();
    assert_eq!(json["retryable"], true, "{json}");
    let entry = &ended.app.sent_entries()[0];
    assert_eq!(entry.metadata.cost_usd.map(Usd::as_micros), Some(0));
    let again = ended.client.post(GENERATE, &body()).await;
    assert_snapshot!(again.problem(), @"502 upstream_unreachable");
}

#[tokio::test]
async fn a_connection_that_died_while_idle_costs_no_call() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for round in 1..=3 {
        app.ideogram.script(Script::new(Act::CloseAfterAnswer));
        assert_eq!(client.post(GENERATE, &body()).await.status, 200);
        assert_eq!(app.arrived(), round, "sent once each");
    }
    pass(Duration::from_secs(5)).await;
    assert_eq!(client.post(GENERATE, &body()).await.status, 200);
    assert_eq!(app.ideogram.billed_images(), 8);
}
