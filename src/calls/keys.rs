//! Whether a key works, as far as Ideogram told.

use super::Line;
use crate::upstream::KeyVersion;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long a rejected key rests before a call may ask again whether it works.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHealth {
    /// Nothing speaks against it.
    Good,
    /// Ideogram rejected it, and `GET /models` confirmed that.
    Rejected(Instant),
}

/// The key of an environment and what is known of it.
#[derive(Debug)]
pub struct KeySlot {
    key: Arc<KeyVersion>,
    health: Mutex<KeyHealth>,
}

impl KeySlot {
    /// Returns a slot for a key that is believed to work.
    pub fn new(key: Arc<KeyVersion>) -> Self {
        Self { key, health: Mutex::new(KeyHealth::Good) }
    }

    /// Returns the key.
    pub fn key(&self) -> &Arc<KeyVersion> {
        &self.key
    }

    /// Returns what is known of the key.
    pub fn health(&self) -> KeyHealth {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, health: KeyHealth) {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner) = health;
    }

    /// Says whether calls may use the key; a rejected one is asked about again now and then, by one
    /// caller at a time.
    pub(super) async fn is_usable(&self, line: &Line) -> bool {
        match self.health() {
            KeyHealth::Good => true,
            KeyHealth::Rejected(since) if since.elapsed() < ASK_AGAIN_AFTER => false,
            KeyHealth::Rejected(_) => {
                self.set(KeyHealth::Rejected(Instant::now()));
                !self.is_rejected(line).await
            }
        }
    }

    /// Asks Ideogram, for free, whether it rejects the key, and remembers a clear answer.
    pub(super) async fn is_rejected(&self, line: &Line) -> bool {
        let Ok(answer) = line.upstream.get(&self.key, "/models").await else { return false };
        let rejected = matches!(answer.status.as_u16(), 401 | 403);
        if rejected {
            tracing::error!(
                key.version = self.key.version(),
                "ideogram rejects the key; its environments are refused until it works again"
            );
            self.set(KeyHealth::Rejected(Instant::now()));
        } else if answer.status.is_success() {
            self.set(KeyHealth::Good);
        }
        rejected
    }
}
