//! What only git knows; asked through its own program.
//!
//! Git only reads here: no index is refreshed, no hook and no program of a repository is run.

use std::{
    ffi::{OsStr, OsString},
    io::{self, Seek, Write},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Git did not tell.
///
/// Whoever asks says what could not be looked at; nothing is passed over in silence.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no program of that name.
    #[error("git is not installed, or not on the PATH")]
    Missing,
    /// The folder is not managed by git.
    #[error("this folder is not in a git work tree")]
    NoWorkTree,
    /// Git refused, and said why.
    #[error("git says: {0}")]
    Refused(String),
    /// Git says what this program does not understand.
    #[error("git gave an answer that makes no sense")]
    Nonsense,
    /// Git cannot be run or read.
    #[error("git cannot be asked")]
    Io(#[source] io::Error),
}

/// Git, asked about one work tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Git<'a> {
    /// The folder, or the one that this process is in.
    folder: Option<&'a Path>,
}

/// What the index has under a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Staged {
    /// The path, from the top of the work tree.
    pub(super) path: PathBuf,
    /// What git calls the content.
    pub(super) blob: String,
}

impl<'a> Git<'a> {
    /// Returns git as whoever runs this has it. A hook's variables hold: they say which index is
    /// about to be committed.
    pub(super) fn here() -> Self {
        Self { folder: None }
    }

    /// Returns git for the work tree that a folder is in, whatever a hook's variables say.
    pub(super) fn at(folder: &'a Path) -> Self {
        Self { folder: Some(folder) }
    }

    /// Returns the command; nothing that a repository's settings name is run by it.
    pub(super) fn command(self) -> Command {
        const OF_HOOKS: [&str; 5] =
            ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"];
        let mut command = Command::new("git");
        if let Some(folder) = self.folder {
            command.arg("-C").arg(folder);
            for variable in OF_HOOKS {
                command.env_remove(variable);
            }
        }
        // A monitor is a program that a strange repository may name. An optional lock would refresh its index,
        // and be in the way of whoever is just committing.
        command.args(["-c", "core.fsmonitor=false", "--no-optional-locks", "--no-pager"]);
        // In English, because `check` knows one complaint by its words.
        command.env("LC_ALL", "C").stdin(Stdio::null());
        command
    }

    /// Runs git to its end and returns what it wrote.
    fn ask<A: AsRef<OsStr>>(
        self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Vec<u8>, GitError> {
        let output = self.command().args(arguments).output().map_err(of_start)?;
        said(output)
    }

    /// Asserts that there is a work tree.
    ///
    /// It is an error inside a bare repository, too.
    pub(super) fn check(self) -> Result<(), GitError> {
        let is_inside = self.ask(["rev-parse", "--is-inside-work-tree"]);
        match is_inside {
            Ok(said) if said.starts_with(b"true") => Ok(()),
            Ok(_) => Err(GitError::NoWorkTree),
            Err(GitError::Refused(words)) if words.contains("not a git repository") => {
                Err(GitError::NoWorkTree)
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the files below the folder that are tracked although an ignore file names them.
    pub(super) fn tracked_and_ignored(self) -> Result<Vec<PathBuf>, GitError> {
        let listed = self.ask(["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"])?;
        Ok(paths(&listed))
    }

    /// Returns those of these absolute paths that git ignores.
    pub(super) fn ignored<'p>(
        self,
        asked: impl Iterator<Item = &'p Path>,
    ) -> Result<Vec<PathBuf>, GitError> {
        // In a file, because with pipes both sides might wait for each other.
        let mut list = tempfile::tempfile().map_err(GitError::Io)?;
        let lines = asked.map(|path| [path.as_os_str().as_bytes(), b"\0"].concat());
        let written = list.write_all(&lines.collect::<Vec<_>>().concat());
        written.and_then(|()| list.rewind()).map_err(GitError::Io)?;
        let mut command = self.command();
        command.args(["check-ignore", "-z", "--stdin"]).stdin(list);
        let output = command.output().map_err(of_start)?;
        match output.status.code() {
            // By this `check-ignore` says that it ignores none of them; only more is a failure.
            Some(1) => Ok(Vec::new()),
            _ => Ok(paths(&said(output)?)),
        }
    }

    /// Says whether there is something under a path: in the folder, in the index, or in what the next
    /// commit would take away.
    ///
    /// So that a mistyped path is told of, and a deleted file is not.
    pub(super) fn knows(self, path: &Path) -> Result<bool, GitError> {
        if path.symlink_metadata().is_ok() {
            return Ok(true);
        }
        let ask = |what: &[&str]| {
            let arguments = ["--literal-pathspecs"].iter().chain(what).map(OsStr::new);
            self.ask(arguments.chain([OsStr::new("--"), path.as_os_str()]))
        };
        let known = !ask(&["ls-files", "-z", "--cached"])?.is_empty();
        Ok(known || !ask(&["diff", "--cached", "--name-only", "-z", "--no-ext-diff"])?.is_empty())
    }

    /// Returns what the next commit would add or change below these paths, or anywhere.
    ///
    /// Deleted files, other repositories and contents that are not there yet are left out.
    pub(super) fn staged(self, below: &[PathBuf]) -> Result<Vec<Staged>, GitError> {
        let what = [
            // A path is what it says: a file may be called `*` or `:!a`.
            "--literal-pathspecs",
            "diff",
            "--cached",
            "--raw",
            "-z",
            "--no-abbrev",
            // A rename would be told with two paths, and `read_staged` reads one.
            "--no-renames",
            // With `diff.relative` in somebody's settings, a hook in a folder would miss all others.
            "--no-relative",
            // These two are programs of the repository's choosing again.
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules",
            "--diff-filter=ACMRT",
            "--",
        ];
        let arguments = what.iter().map(OsString::from);
        let told = self.ask(arguments.chain(below.iter().map(OsString::from)))?;
        read_staged(&told).ok_or(GitError::Nonsense)
    }
}

/// Tells a program that is missing from one that does not run.
pub(super) fn of_start(error: io::Error) -> GitError {
    match error.kind() {
        io::ErrorKind::NotFound => GitError::Missing,
        _ => GitError::Io(error),
    }
}

/// Returns what git wrote, or the first line of its complaint.
fn said(output: Output) -> Result<Vec<u8>, GitError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let first = words.lines().next().unwrap_or("nothing, and failed");
    Err(GitError::Refused(first.trim_start_matches("fatal: ").to_owned()))
}

/// Reads paths that zeros end. They need not be UTF-8.
fn paths(listed: &[u8]) -> Vec<PathBuf> {
    let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.map(|name| PathBuf::from(OsStr::from_bytes(name))).collect()
}

/// Reads `:<mode> <mode> <blob> <blob> <letter> NUL <path> NUL`, again and again.
fn read_staged(told: &[u8]) -> Option<Vec<Staged>> {
    let mut fields = told.split(|byte| *byte == 0).filter(|field| !field.is_empty());
    let mut staged = Vec::new();
    while let Some(about) = fields.next() {
        let path = PathBuf::from(OsStr::from_bytes(fields.next()?));
        let mut about = str::from_utf8(about).ok()?.split(' ');
        let (mode, blob) = (about.nth(1)?, about.nth(1)?.to_owned());
        // Another repository, and what was announced without content yet.
        let is_content = mode != "160000" && blob.contains(|c| c != '0');
        staged.extend(is_content.then_some(Staged { path, blob }));
    }
    Some(staged)
}
