//! What a test can see from outside: places, the record, time.

use super::{
    TestApp, eventually,
    sweep::{Sink, now_or_never},
};
use ideogate::{
    admission::AccountStatus,
    audit::{Entry, fold},
    domain::RecordBody,
    simulator::Seen,
    store::RecordQuery,
};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lets time pass for everything that waits, without waiting.
pub(crate) async fn pass(span: Duration) {
    tokio::time::pause();
    tokio::time::advance(span).await;
    tokio::time::resume();
}

/// Lets time pass, step by step, until `condition` holds; fails the test if it never does. Between two steps
/// there is time for what a step set off to arrive.
pub(crate) async fn pass_until(what: &str, step: Duration, condition: impl Fn() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        pass(step).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}

impl TestApp {
    /// Returns how the account of the tests stands.
    pub(crate) fn account(&self) -> AccountStatus {
        let mut all = self.running.admission().status().into_iter();
        all.find(|account| account.name.as_str() == "ideogram").unwrap()
    }

    /// Returns places in use, places held, and calls that wait.
    pub(crate) fn places(&self) -> (u32, u32, usize) {
        let account = self.account();
        (account.in_use, account.unknown, account.queued)
    }

    /// Waits until places in use, places held and calls that wait are these.
    pub(crate) async fn places_become(&self, places: (u32, u32, usize)) {
        let what = format!("places {places:?}");
        eventually(&what, || self.places() == places).await;
    }

    /// Waits until so many calls arrived at Ideogram and are worked on.
    pub(crate) async fn working(&self, count: usize) -> Seen {
        let is_begun = |seen: &Seen| {
            seen.calls.len() == count && seen.calls.iter().all(|call| call.places > 0)
        };
        let begun = tokio::time::timeout(PATIENCE, self.ideogram.seen_when(is_begun)).await;
        begun.unwrap_or_else(|_| {
            let (arrived, places) = (self.arrived(), self.places());
            panic!("{arrived} arrived instead of {count}, places {places:?}")
        })
    }

    /// Returns all that is on record now, oldest first, admin changes too.
    pub(crate) fn all_entries(&self) -> Vec<Entry> {
        fold(self.running.reader().records(&RecordQuery::default()).unwrap())
    }

    /// Returns the entries of calls that were to be sent, oldest first.
    pub(crate) fn sent_entries(&self) -> Vec<Entry> {
        let is_sent = |entry: &Entry| {
            entry.metadata.call_id.is_some() && &*entry.action == "ideogram.api.call"
        };
        self.all_entries().into_iter().filter(is_sent).collect()
    }

    /// Waits for an entry with this decision and returns it; refusals are written behind the answer.
    pub(crate) async fn entry_of(&self, decision: &str) -> Entry {
        let find =
            || self.all_entries().into_iter().find(|entry| &*entry.metadata.decision == decision);
        eventually(decision, || find().is_some()).await;
        find().unwrap()
    }

    /// Returns the upstream statuses of all recorded attempts.
    pub(crate) fn attempts(&self) -> Vec<u16> {
        let records = self.running.reader().records(&RecordQuery::default()).unwrap();
        let attempt = |body: &RecordBody| match body {
            RecordBody::Attempt(attempt) => Some(attempt.upstream_status),
            _ => None,
        };
        records.iter().filter_map(|sealed| attempt(&sealed.record.body)).collect()
    }

    /// Asks the control plane, as the local operator does, and returns the status.
    pub(crate) async fn operator(&self, method: &str, path: &str) -> u16 {
        let mut socket = tokio::net::UnixStream::connect(self.running.socket()).await.unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        now_or_never(Sink::Admin, path, answer.as_bytes());
        answer
            .get(9..12)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("{answer}"))
    }
}
