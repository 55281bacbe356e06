//! What may be told of an environment's key.

use super::Keys;
use crate::domain::EnvironmentName;

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

impl Keys {
    /// Tells of the key of an environment.
    ///
    /// The simulator's key is made for this run and is nothing that an operator could give, so it is not told of.
    pub fn key_state(&self, environment: &EnvironmentName) -> KeyState {
        let Some(kept) = self.slot_of(environment) else {
            let all = self.0.missing.load();
            let missing = all.iter().find(|one| one.environment == *environment);
            let state = missing.map(|one| KeyState::Missing { how: one.how.clone() });
            return state.unwrap_or(KeyState::Unneeded);
        };
        let version = Some(kept.slot.current(|key| key.version().into()));
        let shared_with = self.sharing(environment);
        if kept.is_rejected() {
            KeyState::Rejected { version, shared_with }
        } else {
            KeyState::Present { version, shared_with }
        }
    }
}
