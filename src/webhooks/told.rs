//! What a delivery's body tells of itself: which generation, and since when. Nothing else is read.

use crate::domain::Timestamp;
use serde::Deserialize;

/// A body that can be read.
///
/// Prompts and links are passed over: none of it is kept or logged.
#[derive(Debug, Default, Deserialize)]
pub(super) struct EventBody {
    /// The generation.
    #[serde(default)]
    generation_id: Option<Box<str>>,
    /// What the vendor's older description calls it.
    #[serde(default)]
    request_id: Option<Box<str>>,
    /// Since when the generation is.
    #[serde(default)]
    pub(super) created: Option<Timestamp>,
}

impl EventBody {
    /// Reads a JSON body; a name that is there twice makes it unreadable.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Returns the generation, if it is named and not by two names that differ.
    pub(super) fn generation(&self) -> Option<&str> {
        match (&self.generation_id, &self.request_id) {
            (Some(one), Some(other)) if one != other => None,
            (one, other) => one.as_deref().or(other.as_deref()),
        }
    }

    /// Says whether it speaks of `generation`, or of none at all.
    pub(super) fn is_about(&self, generation: &str) -> bool {
        let names = [&self.generation_id, &self.request_id];
        names.into_iter().flatten().all(|name| **name == *generation)
    }
}
