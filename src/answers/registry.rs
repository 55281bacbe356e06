//! The calls that an identical retry may meet.

use super::kept::{CallState, KeptAnswer, RegistryMatch};
use crate::domain::{CallId, Client, ClientState, Clock, Fingerprint, Timestamp, TokenId};
use parking_lot::{Mutex, MutexGuard};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::watch;

/// How long an answer that nobody received, or an unknown end, is remembered.
pub const KEPT_FOR: Duration = Duration::from_mins(10);

/// Remembers calls whose answers nobody has received; clones share one memory. It lives in memory;
/// what must outlive the process is given to it again at a start. Any thread may use it, and
/// nothing in it waits or reads a body.
#[derive(Debug, Clone)]
pub struct Answers {
    // Several for one fingerprint: two clients that are both there may want two pictures.
    calls: Arc<Mutex<HashMap<Fingerprint, Vec<RegistryEntry>>>>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct RegistryEntry {
    call: CallId,
    token: TokenId,
    standing: CallState,
    changed: watch::Sender<()>,
}

impl Answers {
    /// Returns an empty memory.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { calls: Arc::default(), clock }
    }

    /// Registers a call that is about to be sent and whose client waits for it. That comes before
    /// the client is looked at for the last time, so that a retry finds the call or the call is not
    /// sent.
    pub fn watch(&self, fingerprint: Fingerprint, call: CallId, token: &TokenId, client: Client) {
        self.insert(fingerprint, call, token, CallState::Watched(client));
    }

    /// Registers a call of an earlier life of the process whose end nobody knows.
    pub fn remember_unknown(
        &self,
        fingerprint: Fingerprint,
        call: CallId,
        token: &TokenId,
        since: Timestamp,
    ) {
        self.insert(fingerprint, call, token, CallState::Unknown(since));
    }

    fn insert(&self, fingerprint: Fingerprint, call: CallId, token: &TokenId, standing: CallState) {
        let entry =
            RegistryEntry { call, token: token.clone(), standing, changed: watch::Sender::new(()) };
        self.lock().entry(fingerprint).or_default().push(entry);
    }

    /// Registers an answer of an earlier life of the process that nobody received.
    pub fn remember_kept(
        &self,
        fingerprint: Fingerprint,
        answer: KeptAnswer,
        token: &TokenId,
        since: Timestamp,
    ) {
        let call = answer.call.clone();
        self.insert(fingerprint, call, token, CallState::Kept(Box::new(answer), since));
    }

    /// Says whether a request of `token` may be a retry that must not be paid again: of a call whose
    /// client went away or may have, or whose end nobody knows. It errs towards yes. Nothing is
    /// taken.
    pub fn may_owe(&self, token: &TokenId) -> bool {
        let oldest = self.clock.now().minus(KEPT_FOR);
        let is_owed = |entry: &RegistryEntry| match &entry.standing {
            CallState::Watched(client) | CallState::HandedOut(_, client) => {
                client.state() != ClientState::Connected
            }
            CallState::Abandoned | CallState::Kept(..) | CallState::Unknown(_) => true,
        };
        let calls = self.lock();
        let mut own = calls.values().flatten().filter(|entry| entry.token == *token);
        own.any(|entry| !entry.is_older_than(oldest) && is_owed(entry))
    }

    /// Notes that the client of a call went away: of one that runs, or before its last byte.
    /// Nothing happens for one that is unknown, kept or forgotten.
    pub fn abandon(&self, fingerprint: &Fingerprint, call: &CallId) {
        let now = self.clock.now();
        self.set(fingerprint, call, |standing| match standing {
            CallState::Watched(_) => CallState::Abandoned,
            CallState::HandedOut(answer, _) => CallState::Kept(answer, now),
            other => other,
        });
    }

    /// Notes that a finished answer is on its way to its client; without one it is kept at once. An
    /// identical request meets it only if that client is gone or may be.
    pub fn hand_out(&self, fingerprint: &Fingerprint, answer: KeptAnswer) {
        let (call, now, answer) = (answer.call.clone(), self.clock.now(), Box::new(answer));
        self.set(fingerprint, &call, |standing| match standing {
            CallState::Watched(client) => CallState::HandedOut(answer, client),
            _ => CallState::Kept(answer, now),
        });
    }

    /// Returns the answer of a call, if it has not reached a client yet.
    pub fn undelivered_of(&self, fingerprint: &Fingerprint, call: &CallId) -> Option<KeptAnswer> {
        let calls = self.lock();
        calls.get(fingerprint)?.iter().find(|entry| entry.call == *call)?.undelivered()
    }

    /// Returns every answer that has not reached a client yet. They come in no order.
    pub fn undelivered(&self) -> Vec<KeptAnswer> {
        self.lock().values().flatten().filter_map(RegistryEntry::undelivered).collect()
    }

    /// Notes that nobody knows how the call ended. An identical request is told so for
    /// [`KEPT_FOR`], and nothing is sent for it.
    pub fn unknown(&self, fingerprint: &Fingerprint, call: &CallId) {
        let now = self.clock.now();
        self.set(fingerprint, call, |_| CallState::Unknown(now));
    }

    /// Forgets a call: its answer was received, or it cost nothing. Whoever waits for the call is
    /// woken.
    pub fn forget(&self, fingerprint: &Fingerprint, call: &CallId) {
        let mut calls = self.lock();
        if let Some(entries) = calls.get_mut(fingerprint) {
            entries.retain(|entry| entry.call != *call);
            if entries.is_empty() {
                calls.remove(fingerprint);
            }
        }
    }

    /// Returns what an identical request of `client` meets; a kept answer is handed over, to this
    /// one only. The clients of the calls that it may meet are looked at. A call whose client is
    /// still connected is not met.
    pub fn recall(&self, fingerprint: &Fingerprint, client: &Client) -> RegistryMatch {
        let oldest = self.clock.now().minus(KEPT_FOR);
        let mut calls = self.lock();
        let Some(entries) = calls.get_mut(fingerprint) else { return RegistryMatch::Nothing };
        let young = |entry: &&mut RegistryEntry| !entry.is_older_than(oldest);
        take(entries.iter_mut().filter(young), client)
    }

    /// Says whether an identical call's answer is owed to whoever asks next, without taking it; a call
    /// whose client may be gone is taken for one.
    pub fn owes(&self, fingerprint: &Fingerprint) -> bool {
        let oldest = self.clock.now().minus(KEPT_FOR);
        let is_owed = |entry: &RegistryEntry| match &entry.standing {
            CallState::Abandoned => true,
            CallState::Watched(client) | CallState::HandedOut(_, client) => {
                client.state() != ClientState::Connected
            }
            CallState::Kept(..) => !entry.is_older_than(oldest),
            CallState::Unknown(_) => false,
        };
        self.lock().get(fingerprint).is_some_and(|entries| entries.iter().any(is_owed))
    }

    /// Forgets everything that was kept for too long, and returns the calls whose answers were.
    /// Calls that run or are on their way are never forgotten by that.
    pub fn sweep(&self) -> Vec<CallId> {
        let oldest = self.clock.now().minus(KEPT_FOR);
        // Only kept answers have a file that can go with them.
        let mut forgotten = Vec::new();
        self.lock().retain(|_, entries| {
            for entry in entries.extract_if(.., |entry| entry.is_older_than(oldest)) {
                if matches!(entry.standing, CallState::Kept(..)) {
                    forgotten.push(entry.call);
                }
            }
            !entries.is_empty()
        });
        forgotten
    }

    fn set(
        &self,
        fingerprint: &Fingerprint,
        call: &CallId,
        change: impl FnOnce(CallState) -> CallState,
    ) {
        let mut calls = self.lock();
        let entries = calls.get_mut(fingerprint);
        let Some(entry) = entries.and_then(|all| all.iter_mut().find(|e| e.call == *call)) else {
            return;
        };
        // A stand-in that nobody sees: the lock is held until the change is made.
        let before = std::mem::replace(&mut entry.standing, CallState::Abandoned);
        entry.standing = change(before);
        entry.changed.send_replace(());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Fingerprint, Vec<RegistryEntry>>> {
        self.calls.lock()
    }
}

impl RegistryEntry {
    fn undelivered(&self) -> Option<KeptAnswer> {
        match &self.standing {
            CallState::Kept(answer, _) | CallState::HandedOut(answer, _) => {
                Some((**answer).clone())
            }
            _ => None,
        }
    }

    fn is_older_than(&self, oldest: Timestamp) -> bool {
        match &self.standing {
            CallState::Watched(_) | CallState::Abandoned | CallState::HandedOut(..) => false,
            CallState::Kept(_, since) | CallState::Unknown(since) => *since < oldest,
        }
    }
}

/// Prefers an answer over a wait, and a wait over bad news.
fn take<'e>(entries: impl Iterator<Item = &'e mut RegistryEntry>, taker: &Client) -> RegistryMatch {
    let mut found = RegistryMatch::Nothing;
    for entry in entries {
        match &entry.standing {
            CallState::Kept(answer, _) => {
                let answer = answer.clone();
                entry.standing = CallState::HandedOut(answer.clone(), Client::clone(taker));
                return RegistryMatch::Answer(answer);
            }
            CallState::Abandoned => found = found.or_running(entry),
            CallState::Watched(client) | CallState::HandedOut(_, client) => match client.state() {
                ClientState::Connected => {}
                ClientState::Gone => found = found.or_running(entry),
                ClientState::Unclear => found = found.or_unclear(entry),
            },
            CallState::Unknown(_) if matches!(found, RegistryMatch::Nothing) => {
                found = RegistryMatch::Unknown(entry.call.clone());
            }
            CallState::Unknown(_) => {}
        }
    }
    found
}

impl RegistryMatch {
    fn or_running(self, entry: &RegistryEntry) -> Self {
        match self {
            Self::Running(..) => self,
            _ => Self::Running(entry.changed.subscribe(), entry.call.clone()),
        }
    }

    fn or_unclear(self, entry: &RegistryEntry) -> Self {
        match self {
            Self::Running(..) | Self::Unclear(..) => self,
            _ => Self::Unclear(entry.changed.subscribe(), entry.call.clone()),
        }
    }
}
