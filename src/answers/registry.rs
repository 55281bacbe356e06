//! The calls that an identical retry may meet.

use super::kept::{KeptAnswer, Recalled, Standing};
use crate::domain::{CallId, Clock, Fingerprint, Timestamp};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// How long an answer that nobody received, or an unknown end, is remembered.
pub const KEPT_FOR: Duration = Duration::from_mins(10);

/// Remembers calls whose answers nobody has received; clones share one memory.
#[derive(Debug, Clone)]
pub struct Answers {
    calls: Arc<Mutex<HashMap<Fingerprint, Vec<Entry>>>>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Entry {
    call: CallId,
    standing: Standing,
    changed: watch::Sender<()>,
}

impl Answers {
    /// Returns an empty memory.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { calls: Arc::default(), clock }
    }

    /// Registers a call that is about to be sent and whose client waits for it.
    pub fn watch(&self, fingerprint: Fingerprint, call: CallId) {
        self.insert(fingerprint, call, Standing::Watched);
    }

    /// Registers a call of an earlier life of the process whose end nobody knows.
    pub fn remember_unknown(&self, fingerprint: Fingerprint, call: CallId, since: Timestamp) {
        self.insert(fingerprint, call, Standing::Unknown(since));
    }

    fn insert(&self, fingerprint: Fingerprint, call: CallId, standing: Standing) {
        let entry = Entry { call, standing, changed: watch::Sender::new(()) };
        self.lock().entry(fingerprint).or_default().push(entry);
    }

    /// Notes that the client of a running call went away.
    pub fn abandon(&self, fingerprint: &Fingerprint, call: &CallId) {
        self.set(fingerprint, call, |standing| match standing {
            Standing::Watched => Standing::Abandoned,
            other => other,
        });
    }

    /// Keeps a finished answer that nobody received.
    pub fn keep(&self, fingerprint: &Fingerprint, answer: KeptAnswer) {
        let (call, now) = (answer.call.clone(), self.clock.now());
        self.set(fingerprint, &call, |_| Standing::Kept(Box::new(answer), now));
    }

    /// Notes that nobody knows how the call ended.
    pub fn unknown(&self, fingerprint: &Fingerprint, call: &CallId) {
        let now = self.clock.now();
        self.set(fingerprint, call, |_| Standing::Unknown(now));
    }

    /// Forgets a call: its answer was received, or it cost nothing.
    pub fn forget(&self, fingerprint: &Fingerprint, call: &CallId) {
        let mut calls = self.lock();
        if let Some(entries) = calls.get_mut(fingerprint) {
            entries.retain(|entry| entry.call != *call);
            if entries.is_empty() {
                calls.remove(fingerprint);
            }
        }
    }

    /// Returns what an identical request meets; a kept answer is handed over and forgotten.
    pub fn recall(&self, fingerprint: &Fingerprint) -> Recalled {
        let oldest = self.clock.now().minus(KEPT_FOR);
        let mut calls = self.lock();
        let Some(entries) = calls.get_mut(fingerprint) else { return Recalled::Nothing };
        entries.retain(|entry| !entry.is_older_than(oldest));
        let found = take(entries);
        if entries.is_empty() {
            calls.remove(fingerprint);
        }
        found
    }

    /// Forgets everything that was kept for too long.
    pub fn sweep(&self) {
        let oldest = self.clock.now().minus(KEPT_FOR);
        self.lock().retain(|_, entries| {
            entries.retain(|entry| !entry.is_older_than(oldest));
            !entries.is_empty()
        });
    }

    fn set(
        &self,
        fingerprint: &Fingerprint,
        call: &CallId,
        change: impl FnOnce(Standing) -> Standing,
    ) {
        let mut calls = self.lock();
        let entries = calls.get_mut(fingerprint);
        let Some(entry) = entries.and_then(|all| all.iter_mut().find(|e| e.call == *call)) else {
            return;
        };
        let before = std::mem::replace(&mut entry.standing, Standing::Abandoned);
        entry.standing = change(before);
        entry.changed.send_replace(());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Fingerprint, Vec<Entry>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn is_older_than(&self, oldest: Timestamp) -> bool {
        match &self.standing {
            Standing::Watched | Standing::Abandoned => false,
            Standing::Kept(_, since) | Standing::Unknown(since) => *since < oldest,
        }
    }
}

/// Prefers an answer over a wait, and a wait over bad news.
fn take(entries: &mut Vec<Entry>) -> Recalled {
    let kept = entries.iter().position(|entry| matches!(entry.standing, Standing::Kept(..)));
    if let Some(index) = kept {
        let Standing::Kept(answer, _) = entries.remove(index).standing else {
            return Recalled::Nothing;
        };
        return Recalled::Answer(answer);
    }
    let running = entries.iter().find(|entry| matches!(entry.standing, Standing::Abandoned));
    if let Some(entry) = running {
        return Recalled::Running(entry.changed.subscribe(), entry.call.clone());
    }
    let unknown = entries.iter().find(|entry| matches!(entry.standing, Standing::Unknown(_)));
    unknown.map_or(Recalled::Nothing, |entry| Recalled::Unknown(entry.call.clone()))
}
