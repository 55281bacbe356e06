//! `.env` files that are one `git add` away from everybody.

use super::{
    dotenv,
    finding::{Leak, ScanFinding, ScanReport},
    git::Git,
    place::TextPosition,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Returns findings for those of these `.env` files that git does not ignore. Outside of a work
/// tree there is nothing wrong with them; where git does not tell, they are told of.
///
/// Each work tree's git is asked once.
pub(super) fn among(env_files: Vec<PathBuf>) -> ScanReport {
    let mut report = ScanReport::default();
    for (top, files) in by_work_tree(env_files) {
        let ignored = ignored(&top, &files).unwrap_or_else(|words| {
            report.notes.push(words);
            BTreeSet::new()
        });
        let exposed = files.into_iter().filter(|(absolute, _)| !ignored.contains(absolute));
        let finding = |(_, path)| ScanFinding::new(path, TextPosition::START, Leak::EnvFile);
        report.findings.extend(exposed.map(finding));
    }
    report
}

/// Returns each file with its absolute path, under the top of its work tree.
fn by_work_tree(files: Vec<PathBuf>) -> BTreeMap<PathBuf, BTreeMap<PathBuf, PathBuf>> {
    let mut by_work_tree: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for path in files {
        // Without its links, or a file that is reached by one would not be seen to lie in a work tree.
        let absolute = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        if let Some(top) = absolute.parent().and_then(dotenv::work_tree) {
            by_work_tree.entry(top).or_default().insert(absolute, path);
        }
    }
    by_work_tree
}

/// Returns those of the files that git ignores, or what to tell where it does not say.
fn ignored(top: &Path, files: &BTreeMap<PathBuf, PathBuf>) -> Result<BTreeSet<PathBuf>, String> {
    let ignored = Git::at(top).ignored(files.keys().map(PathBuf::as_path));
    let words =
        |error| format!("{}: .env files are told of that git may ignore: {error}", top.display());
    ignored.map(|paths| paths.into_iter().collect()).map_err(words)
}
