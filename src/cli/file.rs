//! Files that arguments name.
//!
//! An argument came through a shell already: a `~` or `$` that is still there would become part of a name.

use crate::config::plain_path;
use clap::builder::{PathBufValueParser, TypedValueParser};
use std::path::PathBuf;

/// Takes a path that is there as it is, whatever its name looks like, and any other as [`file`] does.
pub(super) fn file_there() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new()
        .try_map(|path| if path.exists() { Ok(path) } else { plain_path(path) })
}

/// Takes a path as it is: a shell that left a `~` or `$` in it will not come back to it.
pub(super) fn file() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(plain_path)
}
