//! What the thread of a test knows and has heard.

use super::{Canary, Kind, Leak, Sieve, Sink, leak, log, tape::Tape};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// A secret shorter than this may be an ordinary word.
const SHORTEST: usize = 7;

/// Of each kind so many are looked for; a test with a thousand pictures leaks none or any.
const MOST: usize = 16;

#[derive(Debug, Default)]
struct Desk {
    canaries: Vec<Canary>,
    sieve: Option<Rc<Sieve>>,
    heard: BTreeMap<Sink, Tape>,
    watches: usize,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// Watches while a gateway runs, and searches what it left behind.
#[derive(Debug)]
pub(crate) struct Watch {
    others_log: u64,
}

impl Watch {
    /// Begins to listen.
    pub(crate) fn begin() -> Self {
        log::install();
        canary(Kind::Key, crate::support::KEY);
        DESK.with_borrow_mut(|desk| desk.watches += 1);
        Self { others_log: log::begin() }
    }

    /// Returns the leaks in what was logged and answered so far.
    pub(crate) fn leaks(&self) -> Vec<Leak> {
        let sieve = sieve();
        let mut leaks = log::leaks(self.others_log, &sieve);
        DESK.with_borrow_mut(|desk| {
            for (sink, tape) in &mut desk.heard {
                leaks.extend(tape.leaks(0, &sieve, *sink, "(answers of this test)"));
            }
        });
        leaks
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let is_last = DESK.with_borrow_mut(|desk| {
            desk.watches -= 1;
            desk.watches == 0
        });
        if is_last {
            DESK.take();
            log::end();
        }
    }
}

/// Looks for a secret from now on, in everything that this thread's gateways left and will leave behind.
pub(crate) fn canary(kind: Kind, text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    DESK.with_borrow_mut(|desk| {
        let is_known = desk.canaries.iter().any(|canary| canary.text == text);
        let many = desk.canaries.iter().filter(|canary| canary.kind == kind).count() >= MOST;
        if text.len() >= SHORTEST && !is_known && !many {
            desk.canaries.push(Canary { kind, text: text.to_vec() });
            desk.sieve = None;
        }
    });
}

/// Keeps what a gateway said, to be searched at the end.
pub(crate) fn hear(sink: Sink, bytes: &[u8]) {
    DESK.with_borrow_mut(|desk| {
        if desk.watches > 0 {
            let tape = desk.heard.entry(sink).or_default();
            tape.push(bytes);
            tape.push(b"\n");
        }
    });
}

/// Returns the leaks in a text, of what is known by now.
pub(crate) fn leaks_in(sink: Sink, place: &str, text: &[u8]) -> Vec<Leak> {
    sieve().leaks(text, sink, place)
}

/// Fails if a text holds what is known by now; what it shows for the first time, as a new token, is no leak.
pub(crate) fn now_or_never(sink: Sink, place: &str, text: &[u8]) {
    leak::none(&leaks_in(sink, place, text));
}

/// Returns what looks for everything that is known.
pub(super) fn sieve() -> Rc<Sieve> {
    DESK.with_borrow_mut(|desk| {
        let Desk { canaries, sieve, .. } = desk;
        Rc::clone(sieve.get_or_insert_with(|| Rc::new(Sieve::of(canaries))))
    })
}
