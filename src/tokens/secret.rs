//! A secret of a token: which one was presented, and when it was last.

use crate::domain::{SecretUse, Timestamp, Token, TokenId, TokenSecret};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A secret as the snapshot keeps it; clones share the time of its last use.
#[derive(Debug, Clone)]
pub(super) struct KeptSecret {
    pub(super) facts: TokenSecret,
    /// In microseconds; nothing is older than this start, so the first time there is means never.
    used: Arc<AtomicI64>,
    /// The last use that was kept beyond this run.
    kept: Arc<AtomicI64>,
}

/// A token as a client presented it.
#[derive(Debug, Clone)]
pub struct PresentedToken {
    /// The token.
    pub token: Arc<Token>,
    /// By which of its secrets.
    pub secret: PresentedSecret,
}

/// The secret that a client presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresentedSecret {
    /// Its number within the token.
    pub number: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it opens nothing although its token lives on: a newer one took its place.
    pub retires_at: Option<Timestamp>,
}

/// A secret of a token as operators see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretStanding {
    /// What is stored of it.
    pub secret: TokenSecret,
    /// When it last opened the door, as far as that was kept.
    pub used_at: Option<Timestamp>,
}

impl KeptSecret {
    /// Returns a secret with its last use before, if there was one.
    pub(super) fn new(facts: TokenSecret, last: Option<Timestamp>) -> Self {
        let at = || Arc::new(AtomicI64::new(last.map_or(i64::MIN, Timestamp::as_micros)));
        Self { facts, used: at(), kept: at() }
    }

    /// Returns its last use, if that was not kept yet.
    pub(super) fn new_use(&self, token: &TokenId) -> Option<SecretUse> {
        let used = self.used.load(Ordering::Relaxed);
        (used > self.kept.load(Ordering::Relaxed)).then(|| SecretUse {
            token: token.clone(),
            secret: self.facts.number,
            at: Timestamp::from_micros(used),
        })
    }

    /// Notes that a use was kept.
    pub(super) fn note(&self, at: Timestamp) {
        self.kept.fetch_max(at.as_micros(), Ordering::Relaxed);
    }

    /// Notes that it opened the door.
    pub(super) fn use_at(&self, now: Timestamp) {
        // The latest and not the last to come here: requests of one moment overtake each other.
        self.used.fetch_max(now.as_micros(), Ordering::Relaxed);
    }

    /// Notes the uses that another copy knows of.
    pub(super) fn take_uses_of(&self, other: &Self) {
        self.used.fetch_max(other.used.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Returns it as it was presented.
    pub(super) fn presented(&self) -> PresentedSecret {
        let TokenSecret { number, made_at, ends_at, .. } = self.facts;
        PresentedSecret { number, made_at, retires_at: ends_at }
    }

    /// Returns it as operators see it.
    pub(super) fn standing(&self) -> SecretStanding {
        let used = self.used.load(Ordering::Relaxed);
        let used_at = (used > i64::MIN).then(|| Timestamp::from_micros(used));
        SecretStanding { secret: self.facts, used_at }
    }
}
