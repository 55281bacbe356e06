//! Why the tokens of an environment cannot make calls.

use crate::domain::EnvironmentName;

/// Why the tokens of an environment cannot make calls. It is for callers, too.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentOff {
    /// The settings have it no longer.
    #[error("environment {0} is no longer in the settings")]
    Gone(EnvironmentName),
    /// The settings have it with `enabled = false`.
    #[error("environment {0} is switched off")]
    Disabled(EnvironmentName),
}
