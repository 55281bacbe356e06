//! Names of tables that people choose.

use crate::config::{mistake::Mistake, section::Notes};
use std::{fmt::Display, str::FromStr};

/// Understands the name of a table. `None` means that a mistake was noted.
pub(in crate::config) fn name<T: FromStr<Err: Display>>(
    path: &str,
    name: &str,
    notes: &Notes,
) -> Option<T> {
    let parsed = name.parse::<T>();
    parsed.map_err(|error| notes.add(Mistake::about(path, error.to_string()))).ok()
}
