//! A backup on its way to whoever asked for it.

use super::{BackupError, prepare::PreparedCopy, write::write_backup};
use crate::{audit::trust::Notary, tasks::Tasks};
use bytes::Bytes;
use futures_util::{Stream, stream};
use std::{
    fs,
    io::{self, BufWriter, Write},
    sync::Arc,
};
use tokio::{
    sync::{OwnedMutexGuard, mpsc},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// How much is sent at once.
const PIECE: usize = 1 << 16;

/// Pieces that may wait for the network.
const WAITING: usize = 4;

/// A backup that only has to be sent. Its copy is removed, and the next one may be made, as soon as this or
/// what was made of it is dropped.
#[derive(Debug)]
pub struct ReadyBackup {
    pub(super) name: String,
    pub(super) copy: PreparedCopy,
    pub(super) notary: Arc<Notary>,
    pub(super) tasks: Tasks,
    pub(super) turn: OwnedMutexGuard<()>,
}

impl ReadyBackup {
    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the bytes of what is in it, before they are packed.
    pub fn bytes(&self) -> u64 {
        let sizes = self.copy.files.iter().filter_map(|(_, path)| fs::metadata(path).ok());
        sizes.map(|about| about.len()).sum()
    }

    /// Returns the file, piece by piece. It breaks off with an error where it cannot be written to its end, or
    /// once the gateway is `closing`, so that nobody takes a part for the whole.
    pub fn stream(
        self,
        closing: CancellationToken,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let (sender, pieces) = mpsc::channel(WAITING);
        let tasks = self.tasks.clone();
        let written = tasks.run_blocking(move || self.write(PieceSender(sender)));
        let sending = BackupSending { pieces, written, closing };
        stream::unfold(Some(sending), async |sending| sending?.next().await)
    }

    fn write(self, out: PieceSender) -> Result<(), BackupError> {
        // Taken apart here, so that all of it is gone when the last piece is.
        let Self { copy, notary, turn: _turn, .. } = self;
        let PreparedCopy { subject, checkpoint, files, folder: _folder } = copy;
        let out = BufWriter::with_capacity(PIECE, out);
        let mut out = write_backup(&subject, files, &notary, &checkpoint, out)?;
        Ok(out.flush().map_err(super::BackupWriteError::Out)?)
    }
}

/// What is left to be sent.
struct BackupSending {
    pieces: mpsc::Receiver<Bytes>,
    written: JoinHandle<Result<(), BackupError>>,
    closing: CancellationToken,
}

impl BackupSending {
    async fn next(mut self) -> Option<(io::Result<Bytes>, Option<Self>)> {
        let stopping = || Some((Err(io::Error::other("the gateway is stopping")), None));
        match self.closing.run_until_cancelled(self.pieces.recv()).await {
            None => stopping(),
            Some(Some(piece)) => Some((Ok(piece), Some(self))),
            Some(None) => match self.written.await {
                Ok(Ok(())) => None,
                Err(_) => stopping(),
                Ok(Err(error)) => {
                    let cause: &dyn std::error::Error = &error;
                    tracing::error!(error = cause, "a backup broke off");
                    Some((Err(io::Error::other(error)), None))
                }
            },
        }
    }
}

/// Sends what is written to it, and waits for the network.
struct PieceSender(mpsc::Sender<Bytes>);

impl Write for PieceSender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Whoever read it went away.
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.0.blocking_send(Bytes::copy_from_slice(bytes)).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
