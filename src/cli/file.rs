//! Files that arguments name.

use crate::config::plain_path;
use clap::builder::{PathBufValueParser, TypedValueParser};
use std::path::PathBuf;

/// Takes a path as it is: a shell that left a `~` or `$` in it will not come back to it.
pub(super) fn file() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(plain_path)
}
