//! What the control plane tells about the gateway and cannot know by itself.

use super::folder_state::FolderState;
use crate::{
    accounts::BreakerState,
    domain::{AccountName, EnvironmentName},
    telemetry::MetricsFormat,
};
use std::fmt;

/// Tells how the gateway is; whoever wires the rooms together implements it.
pub trait Vitals: fmt::Debug + Send + Sync {
    /// Returns what keeps the gateway from serving calls; nothing when it is ready.
    fn obstacles(&self) -> Vec<String>;

    /// Returns the metrics in this format.
    fn metrics(&self, format: MetricsFormat) -> String;

    /// Says why calls of an account are stopped for want of balance, if they are.
    fn breaker(&self, account: &AccountName) -> Option<BreakerState>;

    /// Returns what works on its machine and deserves a look. Blocks.
    fn warnings(&self) -> Vec<String>;

    /// Looks at the data folder. Blocks.
    fn folder(&self) -> FolderState;

    /// Tells of the upstream key of an environment.
    fn key(&self, environment: &EnvironmentName) -> KeyState;
}

/// What may be told of an environment's upstream key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyState {
    /// It has one.
    Present {
        /// Its version, the last four characters, where that is known.
        version: Option<Box<str>>,
        /// The other environments that use the same key.
        shared_with: Vec<EnvironmentName>,
    },
    /// It has one that Ideogram rejects, so it cannot be used until that is exchanged.
    Rejected {
        /// Its version, the last four characters.
        version: Option<Box<str>>,
        /// The other environments that use the same key.
        shared_with: Vec<EnvironmentName>,
    },
    /// It has none, so the environment cannot be used.
    Missing {
        /// How to give it one, as a sentence.
        how: Box<str>,
    },
    /// Its account is the simulator, which asks for none.
    Unneeded,
}
