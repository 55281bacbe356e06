//! Trees of files, walked by many threads.

use super::{
    dotenv, exposed,
    finding::{ScanReport, Unread},
    git::{Git, GitError},
    scanner::Scanner,
    windows::WindowBuffer,
};
use ignore::{DirEntry, WalkBuilder, WalkState};
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What becomes of files that git ignores.
///
/// Files that git tracks are looked at in any case, even if an ignore file names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// They stay on this machine, so nobody looks at them.
    Skipped,
    /// They are looked at too: the folder may be packed or copied as it is.
    Scanned,
}

/// Files, and folders with all that is in them.
///
/// Links are not followed, and a `.git` that is met on the way is not entered.
#[derive(Debug)]
pub struct Tree<'a> {
    /// Where to look.
    pub paths: &'a [PathBuf],
    /// What becomes of files that git ignores.
    pub ignored: Ignored,
}

/// What the threads have seen together.
///
/// They are put in order at the end.
#[derive(Debug, Default)]
struct ThreadFindings {
    /// What was found.
    report: ScanReport,
    /// `.env` files, of which git is asked in the end.
    env_files: Vec<PathBuf>,
}

impl Scanner {
    /// Looks at files and folders. `saw` is told the size of each file, by many threads.
    ///
    /// It never fails: what cannot be read is told in the report. The order of the report does not depend on
    /// the threads.
    pub fn tree(&self, tree: &Tree<'_>, saw: &(dyn Fn(u64) + Sync)) -> ScanReport {
        let seen = Mutex::default();
        let repositories = Arc::default();
        let walk = Walk { scanner: self, seen: &seen, saw };
        walk.run(tree, &repositories);
        if tree.ignored == Ignored::Skipped {
            let nested = lock(&repositories).clone();
            walk.tracked(top_folders(tree.paths).chain(nested).collect());
        }
        let seen = seen.into_inner();
        let mut report = seen.report;
        report.add(exposed::among(seen.env_files));
        report.in_order()
    }
}

/// One walk over a tree.
///
/// What all threads share.
#[derive(Clone, Copy)]
struct Walk<'a> {
    /// What looks.
    scanner: &'a Scanner,
    /// What was seen.
    seen: &'a Mutex<ThreadFindings>,
    /// Who is told of progress.
    saw: &'a (dyn Fn(u64) + Sync),
}

impl Walk<'_> {
    /// Looks at everything, and notes the repositories met on the way.
    fn run(self, tree: &Tree<'_>, repositories: &Arc<Mutex<BTreeSet<PathBuf>>>) {
        let Some((first, rest)) = tree.paths.split_first() else { return };
        let mut builder = WalkBuilder::new(first);
        for path in rest {
            builder.add(path);
        }
        let skips = tree.ignored == Ignored::Skipped;
        // Hidden files are where secrets are. Files named `.ignore` are for those who search: git knows none, and
        // commits what they name.
        builder.hidden(false).ignore(false).parents(skips);
        builder.git_ignore(skips).git_exclude(skips).git_global(skips);
        let repositories = Arc::clone(repositories);
        builder.filter_entry(move |entry| {
            // Not at depth 0: whoever asks for a `.git` by name means it.
            let is_git = entry.file_name() == ".git" && entry.depth() > 0;
            if let (true, Some(folder)) = (is_git, entry.path().parent()) {
                lock(&repositories).insert(folder.to_owned());
            }
            !is_git
        });
        builder.build_parallel().run(|| {
            let mut room = WindowBuffer::new();
            Box::new(move |entry| {
                match entry {
                    Ok(entry) if is_readable(&entry) => self.file(entry.path(), &mut room),
                    Ok(_) => {}
                    Err(error) => self.unread(unread(&error, Path::new(""))),
                }
                WalkState::Continue
            })
        });
    }

    /// Looks at files that git tracks although an ignore file names them, so that no walk meets them.
    fn tracked(self, folders: BTreeSet<PathBuf>) {
        let mut room = WindowBuffer::new();
        for folder in folders {
            match Git::at(&folder).tracked_and_ignored() {
                Ok(paths) => {
                    let paths = paths.into_iter().map(|path| folder.join(path));
                    // One that is not there is deleted, and the deletion not committed yet.
                    let is_file = |path: &PathBuf| {
                        fs::symlink_metadata(path).is_ok_and(|about| about.is_file())
                    };
                    paths.filter(is_file).for_each(|path| self.file(&path, &mut room));
                }
                Err(error) => self.not_told(&folder, &error),
            }
        }
    }

    /// Looks at one file, and notes what it holds.
    fn file(self, path: &Path, room: &mut WindowBuffer) {
        let path = path.strip_prefix("./").unwrap_or(path);
        let looked = File::open(path).and_then(|file| self.scanner.look(path, file, room));
        match looked {
            Ok(report) => {
                (self.saw)(report.scanned.bytes);
                let mut seen = lock(self.seen);
                seen.report.add(report);
                if dotenv::is_env_file(path) {
                    seen.env_files.push(path.to_owned());
                }
            }
            Err(error) => self.unread(Unread { path: path.to_owned(), problem: of_io(&error) }),
        }
    }

    /// Notes what could not be looked at.
    fn unread(self, unread: Unread) {
        lock(self.seen).report.unread.push(unread);
    }

    /// Notes that git did not tell what it tracks.
    fn not_told(self, folder: &Path, error: &GitError) {
        let words = format!(
            "{}: files that are tracked although an ignore file names them were not looked at: \
             {error}",
            folder.display()
        );
        lock(self.seen).report.notes.push(words);
    }
}

/// Says whether an entry can be read to an end: what was asked for by name is tried in any case.
fn is_readable(entry: &DirEntry) -> bool {
    let kind = entry.file_type();
    let is_file = kind.is_some_and(|kind| kind.is_file());
    is_file || entry.depth() == 0 && !entry.path().is_dir()
}

/// Returns the folders among these paths that are in work trees.
fn top_folders(paths: &[PathBuf]) -> impl Iterator<Item = PathBuf> {
    let is_managed = |path: &&PathBuf| path.is_dir() && dotenv::work_tree(path).is_some();
    paths.iter().filter(is_managed).cloned()
}

/// Returns what could not be walked, with the path that is at fault.
fn unread(error: &ignore::Error, path: &Path) -> Unread {
    match error {
        ignore::Error::WithPath { path, err } => unread(err, path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            unread(err, path)
        }
        ignore::Error::Io(error) => Unread { path: path.to_owned(), problem: of_io(error) },
        _ => Unread { path: path.to_owned(), problem: error.to_string() },
    }
}

/// Returns the system's words without its number.
fn of_io(error: &io::Error) -> String {
    let words = error.to_string();
    words.split_once(" (os error").map_or(words.clone(), |(words, _)| words.to_owned())
}

/// Lends what is shared.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock()
}
