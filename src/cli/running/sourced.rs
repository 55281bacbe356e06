//! Answers that say where they come from.

use super::differences::Difference;
use serde::Serialize;

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum Source {
    /// The gateway that runs.
    Gateway,
    /// The caller's own file and variables.
    File,
}

/// A value with its source, and where the caller's own file says something else.
///
/// Its fields stand beside those of the value in JSON.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Sourced<'v, T> {
    /// The value.
    #[serde(flatten)]
    value: &'v T,
    /// Whose it is.
    source: Source,
    /// What the caller's own file says otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differs: Vec<&'v Difference>,
}

impl<'v, T> Sourced<'v, T> {
    /// Returns the value with those of the differences whose keys start like this.
    pub(in crate::cli) fn new(
        value: &'v T,
        source: Source,
        all: &'v [Difference],
        prefix: &str,
    ) -> Self {
        let own = all.iter().filter(|one| one.key.starts_with(prefix));
        Self { value, source, differs: own.collect() }
    }

    /// Returns the value of a setting with what the caller's file says of it.
    pub(in crate::cli) fn exactly(
        value: &'v T,
        source: Source,
        all: &'v [Difference],
        key: &str,
    ) -> Self {
        let own = all.iter().filter(|one| one.key == key);
        Self { value, source, differs: own.collect() }
    }
}
