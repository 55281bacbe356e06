//! Contents that are in git's storage and perhaps nowhere else.

use super::git::{Git, GitError, of_start};
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

/// Reads contents out of git's storage, one after the other; ends its process when dropped.
///
/// One process of git serves all contents.
#[derive(Debug)]
pub(super) struct Blobs {
    /// Git's process.
    child: Child,
    /// Where names are written to.
    asks: ChildStdin,
    /// Where contents are read from.
    tells: BufReader<ChildStdout>,
}

impl Blobs {
    /// Starts git's process for it.
    pub(super) fn open(git: Git<'_>) -> Result<Self, GitError> {
        let mut command = git.command();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        // Nobody would read its complaints, and once a pipe is full of them, git stands still.
        let mut child = command.stderr(Stdio::null()).spawn().map_err(of_start)?;
        let (Some(asks), Some(tells)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(GitError::Nonsense);
        };
        Ok(Self { child, asks, tells: BufReader::new(tells) })
    }

    /// Shows a content, and drains what was not read of it.
    ///
    /// It is an error if git does not have the content, or ends. After an error it is of no more use.
    pub(super) fn show<T>(
        &mut self,
        blob: &str,
        look: impl FnOnce(&mut dyn Read) -> T,
    ) -> Result<T, GitError> {
        writeln!(self.asks, "{blob}").and_then(|()| self.asks.flush()).map_err(GitError::Io)?;
        let mut header = String::new();
        self.tells.read_line(&mut header).map_err(GitError::Io)?;
        let size = header.trim_end().split_once(" blob ");
        let size: u64 = size.and_then(|(_, size)| size.parse().ok()).ok_or(GitError::Nonsense)?;
        let mut content = (&mut self.tells).take(size);
        let seen = look(&mut content);
        // The rest must go, or it would be read as the header of the next content.
        io::copy(&mut content, &mut io::sink()).map_err(GitError::Io)?;
        self.tells.read_exact(&mut [0]).map_err(GitError::Io)?;
        Ok(seen)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // It only ever reads, and what it would have said next is of no interest.
        self.child.kill().ok();
        // Waited for, or a dead process would stay in the system's table as long as this one lives.
        self.child.wait().ok();
    }
}
