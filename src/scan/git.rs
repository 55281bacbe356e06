//! What only git knows; asked through its own program.

use std::{
    ffi::{OsStr, OsString},
    io::{self, BufRead, BufReader, Read, Seek, Write},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
};

/// Git did not tell.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no program of that name.
    #[error("git is not installed, or not on the PATH")]
    Missing,
    /// The folder is not managed by git.
    #[error("{} is not in a git work tree", .0.display())]
    NoWorkTree(PathBuf),
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

/// A folder that git is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Git<'a>(pub(super) &'a Path);

/// What the index has under a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Staged {
    /// The path, from the top of the work tree.
    pub(super) path: PathBuf,
    /// The name of the content.
    pub(super) blob: String,
}

impl Git<'_> {
    /// Returns the command; nothing that a repository's settings name is run by it.
    fn command(self) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.0).args(["-c", "core.fsmonitor=false", "--literal-pathspecs"]);
        command.args(["--no-optional-locks", "--no-pager"]);
        command.env("LC_ALL", "C").stdin(Stdio::null());
        command
    }

    fn ask<A: AsRef<OsStr>>(
        self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Vec<u8>, GitError> {
        let output = self.command().args(arguments).output().map_err(of_start)?;
        said(output)
    }

    /// Asserts that the folder is in a work tree.
    pub(super) fn check(self) -> Result<(), GitError> {
        let is_inside = self.ask(["rev-parse", "--is-inside-work-tree"]);
        match is_inside {
            Ok(said) if said.starts_with(b"true") => Ok(()),
            Ok(_) => Err(GitError::NoWorkTree(self.0.to_owned())),
            Err(GitError::Refused(words)) if words.contains("not a git repository") => {
                Err(GitError::NoWorkTree(self.0.to_owned()))
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
    pub(super) fn ignored(self, asked: &[PathBuf]) -> Result<Vec<PathBuf>, GitError> {
        // In a file, because with pipes both sides might wait for each other.
        let mut list = tempfile::tempfile().map_err(GitError::Io)?;
        let lines = asked.iter().map(|path| [path.as_os_str().as_bytes(), b"\0"].concat());
        let written = list.write_all(&lines.collect::<Vec<_>>().concat());
        written.and_then(|()| list.rewind()).map_err(GitError::Io)?;
        let mut command = self.command();
        command.args(["check-ignore", "-z", "--stdin"]).stdin(list);
        let output = command.output().map_err(of_start)?;
        match output.status.code() {
            Some(1) => Ok(Vec::new()),
            _ => Ok(paths(&said(output)?)),
        }
    }

    /// Returns what the next commit would add or change below these paths, or anywhere.
    pub(super) fn staged(self, below: &[PathBuf]) -> Result<Vec<Staged>, GitError> {
        let what = [
            "diff",
            "--cached",
            "--raw",
            "-z",
            "--no-abbrev",
            "--no-renames",
            "--no-relative",
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

    /// Returns a reader of contents by their names.
    pub(super) fn blobs(self) -> Result<Blobs, GitError> {
        let mut command = self.command();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().map_err(of_start)?;
        let (Some(asks), Some(tells)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(GitError::Nonsense);
        };
        Ok(Blobs { child, asks: Some(asks), tells: BufReader::new(tells) })
    }
}

/// Reads contents out of git's storage, one after the other; ends its process when dropped.
#[derive(Debug)]
pub(super) struct Blobs {
    child: Child,
    asks: Option<ChildStdin>,
    tells: BufReader<ChildStdout>,
}

impl Blobs {
    /// Shows a content, and drains what was not read of it.
    pub(super) fn show<T>(
        &mut self,
        blob: &str,
        look: impl FnOnce(&mut dyn Read) -> T,
    ) -> Result<T, GitError> {
        if let Some(asks) = &mut self.asks {
            writeln!(asks, "{blob}").and_then(|()| asks.flush()).map_err(GitError::Io)?;
        }
        let mut header = String::new();
        self.tells.read_line(&mut header).map_err(GitError::Io)?;
        let size = header.trim_end().split_once(" blob ");
        let size: u64 = size.and_then(|(_, size)| size.parse().ok()).ok_or(GitError::Nonsense)?;
        let mut content = (&mut self.tells).take(size);
        let seen = look(&mut content);
        io::copy(&mut content, &mut io::sink()).map_err(GitError::Io)?;
        self.tells.read_exact(&mut [0]).map_err(GitError::Io)?;
        Ok(seen)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // Git ends when nobody asks any more; what it ends with is of no interest.
        drop(self.asks.take());
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn of_start(error: io::Error) -> GitError {
    match error.kind() {
        io::ErrorKind::NotFound => GitError::Missing,
        _ => GitError::Io(error),
    }
}

fn said(output: Output) -> Result<Vec<u8>, GitError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let first = words.lines().next().unwrap_or("nothing, and failed");
    Err(GitError::Refused(first.trim_start_matches("fatal: ").to_owned()))
}

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
