//! Paths as people write them in settings, where no shell looks at them.
//!
//! A path is taken as it stands: nothing is expanded, joined or looked up here.

use super::{section::InvalidValue, tree::Node, values::text};
use std::path::PathBuf;

/// A path would not mean what whoever wrote it meant.
///
/// The words do not repeat the path.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct PathError(Box<str>);

/// Refuses a path that only a shell would understand, and that would become a folder named `~`.
///
/// A path that is not UTF-8 is taken as it is.
pub fn plain_path(path: PathBuf) -> Result<PathBuf, PathError> {
    match path.to_str().and_then(problem) {
        Some(problem) => Err(PathError(problem.into())),
        None => Ok(path),
    }
}

/// Reads a path.
///
/// It stays relative if it was written so.
pub(super) fn path(node: &Node) -> Result<PathBuf, InvalidValue> {
    path_text(node).map(|text| PathBuf::from(&*text))
}

/// Reads a path that stays a text.
pub(super) fn path_text(node: &Node) -> Result<Box<str>, InvalidValue> {
    let text = text(node)?;
    match problem(&text) {
        Some(problem) => Err(node.reject(problem)),
        None => Ok(text),
    }
}

/// Returns what is wrong with a path.
///
/// `None` means that it is written plainly, not that it is there.
pub(super) fn problem(path: &str) -> Option<&'static str> {
    if path.starts_with('~') {
        return Some("begins with ~, which only a shell understands: write the whole path out");
    }
    if names_variable(path) {
        return Some("names a variable with $, which only a shell understands: write the path out");
    }
    if path.starts_with("file:") || path.contains("://") {
        return Some("is a URL, not the path of a file");
    }
    if path != path.trim() || path.contains(char::is_control) {
        return Some("has white space at an end, or characters that do not show");
    }
    None
}

/// Returns a path to show it; somebody may have put the secret itself where its file is to be named.
///
/// A path that begins with `/`, `./` or `../`, or that is shorter than 20 bytes, is shown; no other is.
pub(super) fn abbreviate(path: &str) -> &str {
    let looks_like_one = ["/", "./", "../"].iter().any(|start| path.starts_with(start));
    if looks_like_one || path.len() < 20 {
        path
    } else {
        "(not shown, for it may be the secret itself)"
    }
}

/// Says whether a `$` stands before something that a shell would replace. A `$` at the end or before a
/// digit is only a sign.
fn names_variable(path: &str) -> bool {
    let names =
        |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "_{(".contains(c));
    path.match_indices('$').any(|(at, _)| names(&path[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_a_shell_understands_is_refused() {
        for wrong in
            ["~", "~/data", "~root/x", "$HOME/data", "/srv/${NAME}/x", "/a/$(pwd)", "file:///a"]
        {
            assert!(problem(wrong).is_some(), "{wrong}");
        }
        for wrong in [" /data", "/data\n", "/da\u{7}ta"] {
            assert!(problem(wrong).is_some(), "{wrong}");
        }
        for good in ["data", "./~/data", "/srv/a~b", "/price/5$", "/a b/c", "C:$"] {
            assert_eq!(problem(good), None, "{good}");
        }
    }

    #[test]
    fn a_secret_in_the_place_of_its_file_is_not_shown() {
        assert_eq!(abbreviate("/run/secrets/ideogram"), "/run/secrets/ideogram");
        assert_eq!(abbreviate("ideogram.key"), "ideogram.key");
        assert!(!abbreviate("Zk8Qv3Xw7JpLcdefGhijKlmn").contains("Zk8"));
    }
}
