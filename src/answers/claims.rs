//! The idempotency keys that are taken.

use crate::domain::{
    CLAIMED_FOR, CallId, Claim, ClaimKey, ClaimState, Clock, Fingerprint, Timestamp, TokenId,
};
use parking_lot::{Mutex, MutexGuard};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::watch;

/// Remembers which call took which key; clones share one memory. The database refuses a second live
/// claim as well, so that an empty memory cannot send twice. Any thread may use it; nothing in it
/// waits.
#[derive(Debug, Clone)]
pub struct ClaimRegistry {
    keys: Arc<Mutex<HashMap<ClaimKey, Taken>>>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Taken {
    call: CallId,
    fingerprint: Fingerprint,
    expires_at: Timestamp,
    standing: ClaimProgress,
}

#[derive(Debug)]
enum ClaimProgress {
    // Nothing is ever sent on it: that it is dropped wakes those who wait, however the call ended.
    Running(watch::Sender<()>),
    Answered,
    Unknown,
}

/// What a request with a key meets. No content of the earlier request is in it.
#[derive(Debug)]
pub enum KeyHeld {
    /// Nobody: the key is this request's now.
    Free(Claimed),
    /// The same request, still running; wait for a change, then ask again. The channel closing is a
    /// change too.
    Running(watch::Receiver<()>, CallId),
    /// The same request; its answer is kept.
    Answered(CallId),
    /// The same request, and nobody knows its end.
    Unknown(CallId),
    /// Another request.
    Reused(CallId),
}

/// A key that a request took and that was not sent yet: dropping it frees the key. It must be on
/// record with the intent before anything is sent.
#[derive(Debug)]
pub struct Claimed(Option<ClaimHold>);

/// A key whose call may have reached Ideogram: dropping it leaves the key's end unknown. A panic
/// and a dropped future count as that.
#[derive(Debug)]
pub struct SentClaim(Option<ClaimHold>);

#[derive(Debug)]
struct ClaimHold {
    claims: ClaimRegistry,
    claim: Claim,
}

impl ClaimRegistry {
    /// Returns an empty memory.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { keys: Arc::default(), clock }
    }

    /// Takes a key for a request, or says who has it. Of several requests at once exactly one gets
    /// the key. While the key is kept, another request under it is [`KeyHeld::Reused`] whatever
    /// became of the first.
    pub fn claim(&self, token: &TokenId, key: ClaimKey, fingerprint: Fingerprint) -> KeyHeld {
        let now = self.clock.now();
        let mut keys = self.lock();
        // Not left to the sweep: a key whose time is up is free at that moment, for the database as
        // well.
        if let Some(held) = keys.get(&key).filter(|held| !held.is_over(now)) {
            return held.meets(&fingerprint);
        }
        // Named here, so that the claim can go on record with the intent of its call.
        let call = CallId::random();
        let expires_at = now.plus(CLAIMED_FOR);
        let standing = ClaimProgress::Running(watch::Sender::new(()));
        keys.insert(key, Taken { call: call.clone(), fingerprint, expires_at, standing });
        let token = token.clone();
        let claim = Claim { key, token, fingerprint, call, claimed_at: now, expires_at };
        KeyHeld::Free(Claimed(Some(ClaimHold { claims: self.clone(), claim })))
    }

    /// Takes a key as an earlier life of the process left it. Whatever ran then is unknown. A claim
    /// of the same key that is there is overwritten.
    pub fn restore(&self, claim: &Claim, state: ClaimState) {
        let standing = match state {
            ClaimState::Answered => ClaimProgress::Answered,
            ClaimState::Running | ClaimState::Unknown => ClaimProgress::Unknown,
        };
        let (call, fingerprint) = (claim.call.clone(), claim.fingerprint);
        let taken = Taken { call, fingerprint, expires_at: claim.expires_at, standing };
        self.lock().insert(claim.key, taken);
    }

    /// Notes that the kept answer of `call` is lost: its key must not be sent with again. Nothing
    /// happens if the key is another call's by now.
    pub fn lose(&self, key: &ClaimKey, call: &CallId) {
        self.set(key, call, ClaimProgress::Unknown);
    }

    /// Frees the keys whose time is up, and returns the calls that had them. Those of running calls
    /// stay, however old. The files of the calls that are returned can go.
    pub fn sweep(&self) -> Vec<CallId> {
        let now = self.clock.now();
        let mut keys = self.lock();
        keys.extract_if(|_, held| held.is_over(now)).map(|(_, held)| held.call).collect()
    }

    fn set(&self, key: &ClaimKey, call: &CallId, standing: ClaimProgress) {
        // The old standing is dropped after the lock, and wakes whoever waits for it.
        let _before = {
            let mut keys = self.lock();
            let held = keys.get_mut(key).filter(|held| held.call == *call);
            held.map(|held| std::mem::replace(&mut held.standing, standing))
        };
    }

    fn free(&self, key: &ClaimKey, call: &CallId) {
        let mut keys = self.lock();
        if keys.get(key).is_some_and(|held| held.call == *call) {
            keys.remove(key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClaimKey, Taken>> {
        self.keys.lock()
    }
}

impl Taken {
    /// A call that runs keeps its key, however long it takes.
    fn is_over(&self, now: Timestamp) -> bool {
        !matches!(self.standing, ClaimProgress::Running(_)) && self.expires_at <= now
    }

    fn meets(&self, fingerprint: &Fingerprint) -> KeyHeld {
        let call = self.call.clone();
        if self.fingerprint != *fingerprint {
            return KeyHeld::Reused(call);
        }
        match &self.standing {
            ClaimProgress::Running(changed) => KeyHeld::Running(changed.subscribe(), call),
            ClaimProgress::Answered => KeyHeld::Answered(call),
            ClaimProgress::Unknown => KeyHeld::Unknown(call),
        }
    }
}

impl Claimed {
    /// Returns the claim to be recorded with the call's intent.
    pub fn claim(&self) -> Option<&Claim> {
        self.0.as_ref().map(|hold| &hold.claim)
    }

    /// Notes that the call is on record and may be sent from here on. From here on dropping it does
    /// not free the key.
    pub fn sent(mut self) -> SentClaim {
        SentClaim(self.0.take())
    }
}

impl SentClaim {
    /// Keeps the key with the call's end. Whoever waits for it is woken.
    pub fn end(mut self, state: ClaimState) {
        let standing = match state {
            ClaimState::Answered => ClaimProgress::Answered,
            ClaimState::Running | ClaimState::Unknown => ClaimProgress::Unknown,
        };
        if let Some(ClaimHold { claims, claim }) = self.0.take() {
            claims.set(&claim.key, &claim.call, standing);
        }
    }

    /// Frees the key: nothing was billed, and the same request may try again. Only for calls of
    /// which that is proven. Whoever waits is woken and may take the key.
    pub fn free(mut self) {
        if let Some(ClaimHold { claims, claim }) = self.0.take() {
            claims.free(&claim.key, &claim.call);
        }
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        if let Some(ClaimHold { claims, claim }) = self.0.take() {
            claims.free(&claim.key, &claim.call);
        }
    }
}

// Whoever loses sight of a call that was sent must not let it be sent again.
impl Drop for SentClaim {
    fn drop(&mut self) {
        if let Some(ClaimHold { claims, claim }) = self.0.take() {
            claims.set(&claim.key, &claim.call, ClaimProgress::Unknown);
        }
    }
}
