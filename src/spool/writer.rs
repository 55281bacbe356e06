//! How a body comes in.

use super::{SpoolBudget, SpoolError, budget::MEMORY_PER_BODY, content::Spool, share::Share};
use crate::{config::OpenFiles, domain::TokenId};
use bytes::Bytes;
use std::{io, sync::Arc};
use tokio::{fs::File, io::AsyncWriteExt};

/// What is gathered before it is handed to the file. The file holds as much again while it writes;
/// these buffers exist only while a large body arrives, and are not counted.
const GATHERED: usize = 128 << 10;

/// Takes a body in, piece by piece. Dropping it forgets the body and gives everything back.
///
/// The body is in memory while it is small and there is room, and in a file from then on; it never
/// goes back. Everything is refused at once that finds no room, so a writer waits only for its own
/// disk.
#[derive(Debug)]
pub struct SpoolWriter {
    share: Share,
    cap: u64,
    len: u64,
    place: WriterPlace,
}

#[derive(Debug)]
enum WriterPlace {
    /// The body so far.
    Memory(Vec<u8>),
    /// The file, and what it has not been given yet.
    Disk(File, Vec<u8>),
}

impl SpoolWriter {
    /// Returns a writer for a body of at most `cap` bytes, counted for `owner` if there is one.
    /// Takes nothing from the budget yet.
    pub fn new(budget: &Arc<SpoolBudget>, owner: Option<TokenId>, cap: u64) -> Self {
        let share = Share::new(Arc::clone(budget), owner);
        Self { share, cap, len: 0, place: WriterPlace::Memory(Vec::new()) }
    }

    /// Adds a piece. After an error, or when the future is dropped before its end, the body is lost
    /// and the writer should be dropped. Waits for the disk only once the body is in its file. The
    /// piece is copied and not kept.
    pub async fn write(&mut self, piece: Bytes) -> Result<(), SpoolError> {
        let len = self.len.saturating_add(piece.len() as u64);
        if len > self.cap {
            return Err(SpoolError::TooLarge { cap: self.cap });
        }
        self.len = len;
        if self.extend_memory(&piece) {
            return Ok(());
        }
        self.extend_disk(&piece).await
    }

    /// Adds the piece in memory if the body is there and there is room.
    ///
    /// Pieces are copied, since a piece may be a small window on a connection's large buffer,
    /// which would then stay alive uncounted.
    fn extend_memory(&mut self, piece: &[u8]) -> bool {
        let WriterPlace::Memory(content) = &mut self.place else { return false };
        if self.len > MEMORY_PER_BODY || !make_room(content, &mut self.share, self.len) {
            return false;
        }
        content.extend_from_slice(piece);
        true
    }

    async fn extend_disk(&mut self, piece: &[u8]) -> Result<(), SpoolError> {
        if let WriterPlace::Memory(content) = &mut self.place {
            let file = move_to_disk(&mut self.share, content.len())?;
            self.place = WriterPlace::Disk(file, std::mem::take(content));
        }
        if !self.share.take_disk(piece.len() as u64) {
            return Err(SpoolError::BudgetExhausted);
        }
        let WriterPlace::Disk(file, gathered) = &mut self.place else { return Ok(()) };
        gathered.extend_from_slice(piece);
        if gathered.len() >= GATHERED {
            hand_over(file, gathered, self.share.budget()).await?;
        }
        Ok(())
    }

    /// Returns the whole body, ready to be read. Memory that was taken beyond the body is given
    /// back first. Fails if the file does not hold exactly what was written, so that a write that
    /// was cut off cannot pass for a whole body.
    pub async fn finish(mut self) -> Result<Spool, SpoolError> {
        match self.place {
            WriterPlace::Memory(content) => {
                self.share.keep_memory(content.len() as u64);
                // Cut to its length, since no more than that is counted from here on.
                Ok(Spool::in_memory(Bytes::from(content.into_boxed_slice()), self.share))
            }
            WriterPlace::Disk(mut file, mut gathered) => {
                hand_over(&mut file, &mut gathered, self.share.budget()).await?;
                // The last write may still be under way on another thread; only this tells how it
                // ended.
                file.flush().await?;
                Ok(Spool::on_disk(whole(file, self.len).await?, self.len, self.share))
            }
        }
    }
}

/// Makes room for `len` bytes in all: twice what there was where the budget allows, so that many
/// small pieces do not copy the body many times.
fn make_room(content: &mut Vec<u8>, share: &mut Share, len: u64) -> bool {
    if len <= share.memory() {
        return true;
    }
    let doubled = (2 * share.memory()).clamp(len, MEMORY_PER_BODY);
    let room = [doubled, len].into_iter().find(|room| share.take_memory(room - share.memory()));
    let Some(room) = room else { return false };
    let more = usize::try_from(room).unwrap_or(usize::MAX).saturating_sub(content.len());
    // Exactly: what was reserved beyond it would be memory that nobody counts.
    content.reserve_exact(more);
    true
}

/// Opens the file for a body that no longer fits in memory. This is one quick system call, made
/// in place; only reading and writing may wait for the disk.
fn move_to_disk(share: &mut Share, len: usize) -> Result<File, SpoolError> {
    // First what was taken ahead: moved along, it would count as disk that no file has.
    share.keep_memory(len as u64);
    if !share.move_to_disk() {
        return Err(SpoolError::BudgetExhausted);
    }
    let file = share.budget().file()?;
    // What Ideogram answered is paid for, and may use the last files; what clients send may not.
    if share.is_owned() && !OpenFiles::now().allows_client(&file) {
        return Err(SpoolError::BudgetExhausted);
    }
    let mut file = File::from_std(file);
    // Or it would copy up to 2 MiB for one write, which no budget counts.
    file.set_max_buf_size(GATHERED);
    Ok(file)
}

/// Writes what was gathered, if the disk keeps its free part after it, and leaves the buffer empty.
async fn hand_over(
    file: &mut File,
    gathered: &mut Vec<u8>,
    budget: &SpoolBudget,
) -> Result<(), SpoolError> {
    if !budget.disk_stays_free(gathered.len() as u64) {
        return Err(SpoolError::BudgetExhausted);
    }
    file.write_all(gathered).await?;
    gathered.clear();
    // What came over from memory may have been larger than is gathered later.
    gathered.shrink_to(GATHERED);
    Ok(())
}

/// Returns the file if it holds exactly the body: a write that was abandoned halfway shows here.
async fn whole(file: File, len: u64) -> io::Result<std::fs::File> {
    let file = file.into_std().await;
    if file.metadata()?.len() != len {
        return Err(io::Error::other("a write to the temporary file was abandoned"));
    }
    Ok(file)
}
