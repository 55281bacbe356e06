//! What the stream below hyper and the service above it tell each other.

use super::ProtocolFault;
use crate::web::{delivery::DeliveryWatch, socket::SocketWatch};
use axum::body::Body as AxumBody;
use parking_lot::{Mutex, MutexGuard};
use std::{mem, sync::Arc, task::Waker};
use tokio::time::Instant;

/// One connection's shared notes; each request and each answer passes here once.
#[derive(Debug)]
pub(in crate::web) struct ConnectionNotes {
    /// The socket below, where it can be looked at.
    socket: Option<Arc<SocketWatch>>,
    notes: Mutex<WireNotes>,
}

#[derive(Debug)]
struct WireNotes {
    /// Heads that were let through, the stand-in for a bad one included.
    heads: u32,
    /// Requests that reached the service.
    requests: u32,
    /// Answers that were handed over to hyper, or given up.
    answers: u32,
    /// When the last answer ended, or the connection began.
    quiet_since: Instant,
    /// What is wrong with the last head.
    fault: Option<ProtocolFault>,
    /// Answers that hyper has, and the operating system maybe not yet.
    handed: Vec<Handed>,
    /// Whoever waits for the end of the request at work.
    waiting: Option<Waker>,
    is_open: bool,
    /// Whether the gateway ends it, though its client is there.
    is_cut_off: bool,
}

/// An answer that was handed to hyper.
#[derive(Debug)]
pub(in crate::web) struct Handed {
    /// Those who wait for its delivery.
    watches: Vec<DeliveryWatch>,
    /// What its bytes are in: those of a spool count against the budget until they are written.
    _content: AxumBody,
}

impl Handed {
    pub(in crate::web) fn new(watches: Vec<DeliveryWatch>, content: AxumBody) -> Self {
        Self { watches, _content: content }
    }
}

impl ConnectionNotes {
    pub(in crate::web) fn new(socket: Option<Arc<SocketWatch>>) -> Self {
        let notes = Mutex::new(WireNotes {
            heads: 0,
            requests: 0,
            answers: 0,
            quiet_since: Instant::now(),
            fault: None,
            handed: Vec::new(),
            waiting: None,
            is_open: true,
            is_cut_off: false,
        });
        Self { socket, notes }
    }

    fn notes(&self) -> MutexGuard<'_, WireNotes> {
        self.notes.lock()
    }

    /// The stream let a head through.
    pub(super) fn head_passed(&self) {
        self.notes().heads += 1;
    }

    /// The stream lets a stand-in through: the request made of it is to be refused.
    pub(super) fn reject(&self, fault: ProtocolFault) {
        let mut notes = self.notes();
        notes.heads += 1;
        notes.fault = Some(fault);
    }

    /// Returns since when no request is at work; `None` while one is.
    pub(super) fn quiet_since(&self) -> Option<Instant> {
        let notes = self.notes();
        (notes.heads == notes.answers).then_some(notes.quiet_since)
    }

    /// Wakes `waiting` when the request at work is answered.
    pub(super) fn wake_when_quiet(&self, waiting: &Waker) {
        self.notes().waiting = Some(waiting.clone());
    }

    /// Everything that hyper had went to the operating system. A client that had hung up before has not
    /// got it: its connection takes bytes for a while, but nobody reads them.
    pub(super) fn flushed(&self) {
        let handed = mem::take(&mut self.notes().handed);
        if !handed.is_empty() && self.socket.as_ref().is_some_and(|socket| socket.spoke_to_nobody())
        {
            return drop(handed);
        }
        handed.into_iter().flat_map(|answer| answer.watches).for_each(DeliveryWatch::whole);
    }

    /// The gateway ends the connection, though its client is there.
    pub(in crate::web) fn cut_off(&self) {
        self.notes().is_cut_off = true;
    }

    /// Says whether it was the gateway that ended the connection.
    pub(in crate::web) fn is_cut_off(&self) -> bool {
        self.notes().is_cut_off
    }

    /// The connection is no more.
    pub(super) fn closed(&self) {
        // Taken under the lock and dropped, so told, behind it: a watch runs the code of other rooms.
        let handed = {
            let mut notes = self.notes();
            notes.is_open = false;
            mem::take(&mut notes.handed)
        };
        drop(handed);
    }

    /// A request reached the service. Returns what is wrong with it, when it is a stand-in.
    pub(in crate::web) fn request_begins(&self) -> Option<ProtocolFault> {
        let mut notes = self.notes();
        notes.requests += 1;
        // Only the last head can be a stand-in, as nothing is read after it.
        notes.fault.filter(|_| notes.requests == notes.heads)
    }

    /// An answer was handed to hyper whole, and waits for the next flush; or nothing was, as it was
    /// given up.
    pub(in crate::web) fn answer_ends(&self, handed: Option<Handed>) {
        let mut notes = self.notes();
        notes.answers += 1;
        notes.quiet_since = Instant::now();
        // Of an answer that ends after its connection, the watches are dropped here and tell that it is lost.
        if notes.is_open {
            notes.handed.extend(handed);
        }
        let waiting = notes.waiting.take();
        // Whoever is woken may ask for this lock at once.
        drop(notes);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }
}
