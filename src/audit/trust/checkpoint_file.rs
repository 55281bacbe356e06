//! The file that checkpoints are added to, which may lie on another disk.

use super::{SignedNote, found::paragraph_notes};
use crate::store::sync_folder_of;
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// How much of its end is looked at for the last checkpoint: some fifty of them.
const TAIL: u64 = 16 * 1024;

/// A file of notes, one after the other with an empty line between, that only ever grows.
///
/// It is opened anew each time, so it may be moved away at any time.
#[derive(Debug, Clone)]
pub struct CheckpointFile(PathBuf);

impl CheckpointFile {
    /// Its name in the data folder, unless the settings name another place.
    pub const USUAL: &str = "checkpoints";

    /// Names a file; nothing is opened yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Adds a note; it is durable when this returns.
    ///
    /// A note that a crash cut off is left where it is and ended with an empty line, so that the
    /// new one can be read. A new file has mode 0600. Blocks, and only one may add at a time.
    pub fn add(&self, note: &SignedNote) -> io::Result<()> {
        // Looked at before it is opened, for that makes it; only a new name needs its folder
        // synced.
        let is_new = !self.0.exists();
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).mode(0o600).open(&self.0)?;
        let mend = if ends_whole(&mut file)? { "" } else { "\n\n" };
        file.write_all(format!("{mend}{note}\n").as_bytes())?;
        file.sync_data()?;
        if is_new { sync_folder_of(&self.0) } else { Ok(()) }
    }

    /// Returns the last notes in it, oldest first; none when there is no file. Those that do not
    /// fit into the last 16 KiB are not read, and what is no whole note is left out.
    pub(super) fn last(&self) -> io::Result<Vec<SignedNote>> {
        self.notes(TAIL)
    }

    /// Returns all notes in it, oldest first; none when there is no file. What is no whole note is left out.
    pub(super) fn all(&self) -> io::Result<Vec<SignedNote>> {
        self.notes(u64::MAX)
    }

    fn notes(&self, most: u64) -> io::Result<Vec<SignedNote>> {
        let mut file = match File::open(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            opened => opened?,
        };
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes)?;
        // It may begin in the middle of a note, or of a letter.
        let text = String::from_utf8_lossy(&bytes);
        Ok(paragraph_notes(&text).notes.into_iter().map(|(_, note)| note).collect())
    }
}

/// Says whether the last note is whole; a crash may have cut it off.
fn ends_whole(file: &mut File) -> io::Result<bool> {
    let length = file.metadata()?.len();
    if length < 2 {
        return Ok(length == 0);
    }
    let mut end = [0; 2];
    file.seek(SeekFrom::End(-2))?;
    file.read_exact(&mut end)?;
    Ok(&end == b"\n\n")
}
