//! How a reload of the settings is asked for: whoever wires the gateway does it.

use crate::{config::SettingChange, domain::Actor, store::JournalError, tokens::RequestError};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use utoipa::ToSchema;

/// How many reloads may wait for their turn.
const WAITING: usize = 16;

/// How to reload the settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReloadRequest {
    /// Whether to say only what would change.
    pub dry_run: bool,
    /// Whether tokens of production may be left without a budget that limits what they spend.
    pub no_budget: bool,
}

/// A setting that is another by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingChangeView {
    /// The path of keys, as in `queue.capacity`.
    pub key: String,
    /// What it was, in the form of TOML; `null` when it was not set.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// What a reload came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReloadedView {
    /// What is in force, or would be.
    pub changed: Vec<SettingChangeView>,
    /// The keys that keep their values until the gateway is started again.
    pub needs_restart: Vec<String>,
}

impl From<&SettingChange> for SettingChangeView {
    fn from(change: &SettingChange) -> Self {
        let text = |value: &Option<Box<str>>| value.as_deref().map(str::to_owned);
        let (before, after) = (text(&change.before), text(&change.after));
        Self { key: change.key.to_string(), before, after }
    }
}

/// Asks for reloads, which are done one after the other; clones ask the same.
#[derive(Debug, Clone)]
pub struct ReloadHandle(mpsc::Sender<ReloadOrder>);

/// A reload that is asked for.
#[derive(Debug)]
pub struct ReloadOrder {
    /// What is asked for.
    pub request: ReloadRequest,
    /// By whom.
    pub by: Actor,
    /// Who hears of it.
    pub done: oneshot::Sender<Result<ReloadedView, ReloadError>>,
}

/// Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The settings hold mistakes, or cannot be put in force.
    #[error("{said}")]
    Mistakes {
        /// All of them, for people.
        said: String,
        /// Each with its key.
        mistakes: Vec<RequestError>,
    },
    /// It cannot be put on record.
    #[error("the reload cannot be put on record")]
    Unrecorded(#[source] JournalError),
    /// The gateway ends.
    #[error("the gateway is stopping")]
    Stopping,
}

impl ReloadHandle {
    /// Returns what asks, and what receives it.
    pub fn pair() -> (Self, mpsc::Receiver<ReloadOrder>) {
        let (orders, received) = mpsc::channel(WAITING);
        (Self(orders), received)
    }

    /// Reloads the settings. It is done whether or not the caller waits for it.
    pub async fn reload(
        &self,
        request: ReloadRequest,
        by: Actor,
    ) -> Result<ReloadedView, ReloadError> {
        let (done, answer) = oneshot::channel();
        let order = ReloadOrder { request, by, done };
        self.0.send(order).await.map_err(|_| ReloadError::Stopping)?;
        answer.await.unwrap_or(Err(ReloadError::Stopping))
    }
}
