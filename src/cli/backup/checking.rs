//! The file, read again.

use crate::{
    backup::{BackupFile, examine_backup},
    cli::{part::cannot, progress::Progress},
    tasks::Tasks,
};
use anyhow::Context;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};
use tokio_util::sync::CancellationToken;

/// A file that is read no further once nobody waits for it.
struct Checking {
    file: File,
    read: u64,
    of: u64,
    progress: Progress,
    given_up: CancellationToken,
}

/// Reads a backup whole, as whoever needs it one day will.
///
/// It is an error if it is not what was signed. Dropped while it reads, it ends soon.
pub(super) async fn checked(path: &Path) -> anyhow::Result<BackupFile> {
    let file = File::open(path).with_context(|| cannot("read", path))?;
    let of = file.metadata().with_context(|| cannot("read", path))?.len();
    let given_up = CancellationToken::new();
    let _guard = given_up.clone().drop_guard();
    let progress = Progress::new("checking");
    let checking = Checking { file, read: 0, of, progress, given_up };
    let found = Tasks::default().run_blocking(move || examine_backup(checking)).await?;
    found.map_err(|problem| anyhow::Error::new(problem).context("what was received is no backup"))
}

impl Read for Checking {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given_up.is_cancelled() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let read = self.file.read(into)?;
        self.read += read as u64;
        self.progress.bytes_of(self.read, self.of);
        Ok(read)
    }
}
