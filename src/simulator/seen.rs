//! What arrived, as it arrived.
//!
//! It is kept in memory, up to 64 MiB and as many calls as was said; the oldest go first.

use crate::domain::Timestamp;
use bytes::Bytes;
use parking_lot::{Mutex, MutexGuard};
use serde::{Serialize, Serializer};
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::watch;

/// How many bytes of a body are kept.
/// Length and digest are of all of it.
pub(super) const KEPT_BODY: usize = 1 << 20;
/// How many bytes are kept of all calls together.
const KEPT_BYTES: usize = 64 << 20;

/// Everything that arrived, and the peaks.
///
/// A copy: what happens later does not change it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Seen {
    /// The calls in the order of their arrival; the oldest may be gone.
    pub calls: Vec<SeenCall>,
    /// The tries to deliver webhooks, in their order; the oldest may be gone.
    pub deliveries: Vec<SeenDelivery>,
    /// How many calls are gone from the list.
    pub forgotten: u64,
    /// How many connections were opened.
    pub connections: u64,
    /// How many connections ended within or over something that was no request.
    pub broken_requests: u64,
    /// The most images that were in flight at once.
    pub most_places_in_flight: u32,
    /// The most images that would have been in flight had none been refused.
    pub most_places_wanted: u32,
    /// The most requests that were open at once.
    pub most_requests_in_flight: u64,
}

/// One call.
///
/// It is there from the moment its head was read, and fills up while it goes on.
#[derive(Debug, Clone, Serialize)]
pub struct SeenCall {
    /// Its number, from 0.
    pub id: u64,
    /// The number of its connection, from 0.
    pub connection: u64,
    /// When its head was read.
    pub at: Timestamp,
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub path_and_query: String,
    /// Its head, byte for byte.
    #[serde(serialize_with = "lossy")]
    pub head: Bytes,
    /// The headers in that head, in their order and spelling.
    pub headers: Vec<(String, String)>,
    /// The first mebibyte of its body.
    #[serde(serialize_with = "lossy")]
    pub body: Bytes,
    /// The length of the whole body.
    pub body_length: u64,
    /// The SHA-256 of the whole body in hexadecimal.
    pub body_sha256: String,
    /// How many places it asked for.
    pub places: u32,
    /// The status it was answered with, once it was.
    pub status: Option<u16>,
    /// How it ended.
    pub end: CallEnd,
}

/// How a call ended.
///
/// It tells what the stand-in did, not what the client got: bytes that were handed to the system may still be
/// lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallEnd {
    /// It has not ended.
    Open,
    /// Its whole answer was handed out.
    Answered,
    /// The client went away before.
    ClientGone,
    /// The stand-in broke it on command.
    Broken,
}

/// Writes bytes as text, with a mark in place of what is no UTF-8.
fn lossy<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(bytes))
}

impl SeenCall {
    /// Returns the value of a header, whatever the spelling of its name.
    ///
    /// Of several, the first.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the path.
    ///
    /// It is not decoded.
    pub fn path(&self) -> &str {
        self.path_and_query.split('?').next().unwrap_or("")
    }
}

/// Writes down what arrives.
///
/// Whoever waits for something hears when a call or a delivery changes.
#[derive(Debug)]
pub struct ArrivalLog {
    /// How many calls are kept.
    kept: usize,
    /// What is written down.
    book: Mutex<SeenLog>,
    /// Tells of changes.
    changed: watch::Sender<()>,
}

/// Everything that is written down, and the counters.
#[derive(Debug, Default)]
struct SeenLog {
    /// The calls, the oldest first; their numbers have no gaps.
    calls: VecDeque<SeenCall>,
    /// The bytes that are kept of them.
    bytes: usize,
    /// The number of the next call.
    next: u64,
    /// How many are open.
    open: u64,
    /// The most that were.
    most_open: u64,
    /// How many connections were opened.
    connections: u64,
    /// How many ended over something that was no request.
    broken: u64,
    /// The tries to deliver webhooks, with their numbers.
    deliveries: VecDeque<(u64, SeenDelivery)>,
    /// The number of the next try.
    next_delivery: u64,
}

/// A call that is being written down; ends it when dropped.
///
/// Without a word about its end, the client went away.
#[derive(Debug)]
pub(super) struct SeenEntry {
    /// Where it is written down.
    log: Arc<ArrivalLog>,
    /// The call's number.
    id: u64,
    /// How it ends.
    end: CallEnd,
}

impl ArrivalLog {
    /// Returns a log of the last `kept` calls.
    pub(super) fn new(kept: usize) -> Self {
        Self { kept, book: Mutex::default(), changed: watch::Sender::new(()) }
    }

    /// Lends the log.
    fn lock(&self) -> MutexGuard<'_, SeenLog> {
        self.book.lock()
    }

    /// Returns what hears of every change.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Returns all there is; the peaks of places are known elsewhere.
    pub(super) fn seen(&self) -> Seen {
        let book = self.lock();
        let calls: Vec<_> = book.calls.iter().cloned().collect();
        Seen {
            forgotten: book.next - calls.len() as u64,
            calls,
            deliveries: book.deliveries.iter().map(|(_, seen)| seen.clone()).collect(),
            connections: book.connections,
            broken_requests: book.broken,
            most_requests_in_flight: book.most_open,
            ..Seen::default()
        }
    }

    /// Notes a connection, and returns its number.
    pub(super) fn connect(&self) -> u64 {
        let mut book = self.lock();
        book.connections += 1;
        book.connections - 1
    }

    /// Notes that a connection ended over something that was no request.
    pub(super) fn note_broken(&self) {
        self.lock().broken += 1;
        self.changed.send_replace(());
    }

    /// Notes a call whose head was read; `call` gets its number here.
    pub(super) fn arrive(self: &Arc<Self>, mut call: SeenCall) -> SeenEntry {
        let mut book = self.lock();
        let id = book.next;
        call.id = id;
        book.next += 1;
        book.open += 1;
        book.most_open = book.most_open.max(book.open);
        book.bytes += call.head.len();
        book.calls.push_back(call);
        book.make_room(self.kept);
        drop(book);
        self.changed.send_replace(());
        SeenEntry { log: Arc::clone(self), id, end: CallEnd::ClientGone }
    }

    /// Notes a try to deliver a webhook, and returns its number.
    pub(super) fn sends(&self, generation: &str, address: &str, attempt: u32) -> u64 {
        let (generation, address) = (generation.to_owned(), address.to_owned());
        let seen = SeenDelivery { generation, address, attempt, is_over: false, status: None };
        let mut book = self.lock();
        let number = book.next_delivery;
        book.next_delivery += 1;
        book.deliveries.push_back((number, seen));
        while book.deliveries.len() > self.kept {
            book.deliveries.pop_front();
        }
        drop(book);
        self.changed.send_replace(());
        number
    }

    /// Notes how a try to deliver a webhook ended.
    pub(super) fn sent(&self, number: u64, status: Option<u16>) {
        let mut book = self.lock();
        let found = book.deliveries.iter_mut().find(|(known, _)| *known == number);
        if let Some((_, seen)) = found {
            (seen.is_over, seen.status) = (true, status);
        }
        drop(book);
        self.changed.send_replace(());
    }

    /// Forgets all calls and peaks; what is open stays open.
    pub(super) fn reset(&self) {
        let mut book = self.lock();
        book.calls.clear();
        book.deliveries.clear();
        (book.bytes, book.most_open, book.broken) = (0, book.open, 0);
    }
}

impl SeenLog {
    /// Returns a call, unless it is gone.
    fn find(&mut self, id: u64) -> Option<&mut SeenCall> {
        let first = self.calls.front()?.id;
        self.calls.get_mut(usize::try_from(id.checked_sub(first)?).ok()?)
    }

    /// Takes calls out until the rest is within both bounds.
    fn make_room(&mut self, kept: usize) {
        while (self.calls.len() > kept || self.bytes > KEPT_BYTES)
            && let Some(oldest) = self.calls.pop_front()
        {
            self.bytes -= oldest.head.len() + oldest.body.len();
        }
    }
}

impl SeenEntry {
    /// Changes what is written down of the call.
    ///
    /// A call that is gone is not changed.
    pub(super) fn note(&self, change: impl FnOnce(&mut SeenCall)) {
        let mut book = self.log.lock();
        let Some(call) = book.find(self.id) else { return };
        let before = call.body.len();
        change(call);
        let added = call.body.len() - before;
        book.bytes += added;
        book.make_room(self.log.kept);
        drop(book);
        self.log.changed.send_replace(());
    }

    /// Says how the call ends, unless something else happens first.
    pub(super) fn ends(&mut self, end: CallEnd) {
        self.end = end;
    }
}

impl Drop for SeenEntry {
    /// Writes down the end, even if the future of the call was dropped.
    fn drop(&mut self) {
        // Released before the note, which takes the lock itself.
        self.log.lock().open -= 1;
        let end = self.end;
        self.note(|call| call.end = end);
        // Once more: of a call that fell out of the list `note` tells nothing, and still one less is open.
        self.log.changed.send_replace(());
    }
}

/// One try to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenDelivery {
    /// The generation.
    pub generation: String,
    /// Where to.
    pub address: String,
    /// Which try it is, from 1.
    pub attempt: u32,
    /// Whether it is over.
    pub is_over: bool,
    /// What was answered; none when nothing was.
    pub status: Option<u16>,
}
