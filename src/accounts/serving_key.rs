//! A key in service, and who uses it.

use crate::{
    domain::{Clock, Timestamp, error_chain},
    upstream::{KeyVersion, Upstream},
};
use parking_lot::{Mutex, MutexGuard};
use std::{fmt, sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};

/// How long a rejected key rests before a call may ask again whether it works.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHealth {
    /// Nothing speaks against it.
    Good,
    /// Ideogram rejected it, and `GET /models` confirmed that.
    Rejected {
        /// Since when.
        since: Timestamp,
    },
}

/// What Ideogram says of a key when it is asked for free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyCheck {
    /// It takes the key.
    Good,
    /// It does not: this was its status.
    Rejected(u16),
    /// It gave no answer from which that could be seen; what came instead.
    Unclear(Box<str>),
}

/// A key in service.
pub struct ServingKey {
    key: Arc<KeyVersion>,
    tag: Box<str>,
    state: Mutex<ServingState>,
    idle: Notify,
    asking: Semaphore,
    clock: Arc<dyn Clock>,
}

struct ServingState {
    uses: usize,
    last_used: Option<Timestamp>,
    health: KeyHealth,
    asked: Option<Instant>,
}

/// The use of a key; while there is one, the key stays as it is.
#[derive(Debug)]
#[must_use = "a key that nobody uses may go"]
pub struct KeyUse(Arc<ServingKey>);

impl ServingKey {
    /// Takes a key into service; `tag` tells it from others and says nothing of it.
    pub fn new(key: Arc<KeyVersion>, tag: impl Into<Box<str>>, clock: Arc<dyn Clock>) -> Arc<Self> {
        let state = ServingState { uses: 0, last_used: None, health: KeyHealth::Good, asked: None };
        Arc::new(Self {
            key,
            tag: tag.into(),
            state: Mutex::new(state),
            idle: Notify::new(),
            asking: Semaphore::new(1),
            clock,
        })
    }

    /// Returns what may be said of the key, as in `…abcd`.
    pub fn version(&self) -> &str {
        self.key.version()
    }

    /// Returns what tells the key from others.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Returns what is known of the key.
    pub fn health(&self) -> KeyHealth {
        self.lock().health
    }

    /// Returns how many use it now.
    pub fn in_use(&self) -> usize {
        self.lock().uses
    }

    /// Returns when it was last sent with.
    pub fn last_used(&self) -> Option<Timestamp> {
        self.lock().last_used
    }

    /// Uses the key from now on.
    pub fn take(self: &Arc<Self>) -> KeyUse {
        self.lock().uses += 1;
        KeyUse(Arc::clone(self))
    }

    /// Waits until nobody uses it.
    pub async fn unused(&self) {
        loop {
            let idle = self.idle.notified();
            if self.in_use() == 0 {
                return;
            }
            idle.await;
        }
    }

    /// Returns how long a rejected key still rests; `None` when it is good or may be asked about.
    pub fn rests(&self) -> Option<Duration> {
        let state = self.lock();
        let KeyHealth::Rejected { .. } = state.health else { return None };
        let left = ASK_AGAIN_AFTER.saturating_sub(state.asked?.elapsed());
        (left > Duration::ZERO).then_some(left)
    }

    /// Asks Ideogram, for free, whether it takes the key, and remembers a clear answer. Who asks while
    /// another does gets that answer, if it was a rejection.
    pub async fn ask(self: &Arc<Self>, upstream: &Upstream) -> KeyCheck {
        let began = Instant::now();
        let _using = self.take();
        let _turn = self.asking.acquire().await;
        if self.was_rejected_since(began) {
            return KeyCheck::Rejected(401);
        }
        if let KeyHealth::Rejected { .. } = self.health() {
            self.lock().asked = Some(Instant::now());
        }
        let asked = match upstream.get(&self.key, "/models").await {
            Ok(answer) => match answer.status.as_u16() {
                status @ (401 | 403) => KeyCheck::Rejected(status),
                200..=299 => KeyCheck::Good,
                status => KeyCheck::Unclear(format!("it answered {status}").into()),
            },
            Err(error) => KeyCheck::Unclear(error_chain(&error).into()),
        };
        self.note(&asked);
        asked
    }

    fn was_rejected_since(&self, moment: Instant) -> bool {
        let state = self.lock();
        let rejected = matches!(state.health, KeyHealth::Rejected { .. });
        rejected && state.asked.is_some_and(|asked| asked >= moment)
    }

    fn note(&self, asked: &KeyCheck) {
        let now = self.clock.now();
        let mut state = self.lock();
        match (asked, state.health) {
            (KeyCheck::Good, _) => state.health = KeyHealth::Good,
            (KeyCheck::Rejected(_), before) => {
                state.asked = Some(Instant::now());
                if before == KeyHealth::Good {
                    state.health = KeyHealth::Rejected { since: now };
                }
            }
            (KeyCheck::Unclear(_), _) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, ServingState> {
        self.state.lock()
    }
}

impl KeyUse {
    /// Returns the key as it is sent with, and notes that it was.
    pub fn send_with(&self) -> &Arc<KeyVersion> {
        self.0.lock().last_used = Some(self.0.clock.now());
        &self.0.key
    }

    /// Returns the key's version and tag.
    pub fn names(&self) -> (Box<str>, Box<str>) {
        (self.0.version().into(), self.0.tag().into())
    }

    /// Returns the key in service.
    pub fn serving(&self) -> &Arc<ServingKey> {
        &self.0
    }
}

impl Drop for KeyUse {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.uses -= 1;
        if state.uses == 0 {
            self.0.idle.notify_waiters();
        }
    }
}

impl fmt::Debug for ServingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServingKey").field(&self.version()).finish()
    }
}
