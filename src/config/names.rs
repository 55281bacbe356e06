//! Names of tables that people choose.
//!
//! Accounts, environments and routes are named in the settings, and what refers to them must name one that
//! is there.

use super::{
    field_error::FieldError,
    nearest::nearest,
    section::{InvalidValue, Notes},
    tree::Node,
    values::written,
};
use crate::domain::EnvironmentName;
use std::{fmt::Display, str::FromStr};

/// Understands the name of a table. `None` means that a mistake was noted.
///
/// `path` is where the name stands, for the mistake.
pub(super) fn name<T: FromStr<Err: Display>>(path: &str, name: &str, notes: &Notes) -> Option<T> {
    let parsed = name.parse::<T>();
    parsed.map_err(|error| notes.add(FieldError::about(path, error.to_string()))).ok()
}

/// Reads the name of an environment that is there.
///
/// `known` are the names as they were written; a name near one of them is told with it.
pub(super) fn known_environment(
    node: &Node,
    known: &[Box<str>],
) -> Result<EnvironmentName, InvalidValue> {
    let word = written(node).unwrap_or_default();
    let found = known.iter().any(|name| **name == *word).then(|| word.parse().ok()).flatten();
    found.ok_or_else(|| node.reject(there_is_none("environment", word, known)))
}

/// Returns the words for a name that names nothing.
///
/// They offer the nearest name, or else list all.
pub(super) fn there_is_none(what: &str, word: &str, known: &[Box<str>]) -> String {
    let names = || known.iter().map(AsRef::as_ref);
    if let Some(near) = nearest(word, names()) {
        return format!("there is no {what} {word:?}; did you mean \"{near}\"?");
    }
    let names = names().collect::<Vec<_>>().join(", ");
    format!("must be the name of an {what}: {names}")
}
