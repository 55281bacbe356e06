//! The rules that keep calls waiting.

use std::fmt;

/// The rule that keeps a call out of its places, or out of the queue. It is told to the client, so
/// that it can be acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitRule {
    /// The account's places are taken.
    Account,
    /// What is free is held back for other environments.
    Reserved,
    /// The token holds as many places as it may.
    Token,
    /// The queue holds as many calls as it may.
    Capacity,
}

impl WaitRule {
    /// Returns the rule as clients read it, like the setting that makes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account.max_in_flight",
            Self::Reserved => "environment.reserved_places",
            Self::Token => "token.max_places",
            Self::Capacity => "queue.capacity",
        }
    }
}

impl fmt::Display for WaitRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
