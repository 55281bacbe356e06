//! Kept answers on disk, each sealed in a file of its own.
//!
//! A file is named after its call and holds the answer's head and body as sealed frames, bound to the
//! call and to why it is kept. It is there whole or not at all: written beside, synced, then renamed.

use super::{
    KeptAnswer,
    sealed_frames::{FRAME, FrameError, FrameReader, FrameWriter},
    sealed_key::SealingKey,
};
use crate::{domain::CallId, spool::free_space, store::make_folder};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// The folder of kept answers in the data folder.
const FOLDER: &str = "answers";

/// Why an answer is kept. An answer that was sealed for one of them does not open for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptFor {
    /// Nobody received it.
    Nobody,
    /// An idempotency key names it.
    Key,
}

/// A kept answer cannot be read. None of them is a reason to send the call again.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// It is not there.
    #[error("the kept answer is not there")]
    Missing,
    /// It is not what was kept.
    #[error("the kept answer was changed")]
    Changed,
    /// The disk failed, or has no room to spare.
    #[error("the kept answer cannot be read or written")]
    Io(#[source] io::Error),
}

/// The answers that are kept on disk; clones share them. Every method blocks.
#[derive(Debug, Clone)]
pub struct SealedAnswers(Arc<AnswerShelf>);

#[derive(Debug)]
struct AnswerShelf {
    dir: PathBuf,
    key: SealingKey,
    min_free: u64,
}

/// A kept answer that is being read: its head, and its body piece by piece.
#[derive(Debug)]
pub struct SealedAnswer {
    answers: SealedAnswers,
    head: AnswerHead,
    frames: FrameReader<BufReader<File>>,
}

/// All of an answer but its body.
#[derive(Debug, Serialize, Deserialize)]
struct AnswerHead {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    echoed_key: bool,
    upstream_micros: u64,
}

impl SealedAnswers {
    /// Opens the kept answers of a data folder; the folder and its key are made if they are missing.
    /// Nothing is written when less than `min_free` bytes of the disk would stay free. Fails if the
    /// key's file is damaged, open to others or somebody else's.
    pub fn open(data: &Path, min_free: u64) -> io::Result<Self> {
        let dir = data.join(FOLDER);
        make_folder(&dir)?;
        let key = SealingKey::in_folder(data)?;
        Ok(Self(Arc::new(AnswerShelf { dir, key, min_free })))
    }

    /// Keeps an answer; it is durable when this returns. A file of the same call is replaced, and
    /// until the new one is whole nothing of it is found. The answer in memory stays as it is.
    pub fn write(&self, answer: &KeptAnswer, why: KeptFor) -> Result<(), SealedError> {
        self.try_write(answer, why).map_err(SealedError::Io)
    }

    fn try_write(&self, answer: &KeptAnswer, why: KeptFor) -> io::Result<()> {
        if !self.stays_free(answer.body.len()) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let unfinished = self.path(&answer.call, "new");
        let mut options = OpenOptions::new();
        // Cut and not refused if it is there: a write that failed may have left one.
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        let to = BufWriter::new(file);
        let mut frames = FrameWriter::new(&self.0.key, &about(&answer.call, why), to)?;
        frames.write(serde_json::to_vec(&AnswerHead::from_answer(answer))?)?;
        let mut body = answer.body.reader();
        let mut left = answer.body.len();
        while left > FRAME as u64 {
            frames.write(piece(&mut body, FRAME as u64)?)?;
            left -= FRAME as u64;
        }
        let file = frames.finish(piece(&mut body, left)?)?;
        // Taken out of its buffer: one that is dropped writes its rest and keeps the error to
        // itself.
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&unfinished, self.path(&answer.call, "sealed"))?;
        // Or a crash could forget the name, and with it the answer.
        File::open(&self.0.dir)?.sync_all()
    }

    /// Begins to read an answer. What comes of it is only to be believed when it was read to its
    /// end. It opens only for the call and the reason that it was sealed for.
    pub fn read(&self, call: &CallId, why: KeptFor) -> Result<SealedAnswer, SealedError> {
        let file = File::open(self.path(call, "sealed"))?;
        let mut frames = FrameReader::new(&about(call, why), BufReader::new(file))?;
        let head = frames.frame(&self.0.key)?.ok_or(SealedError::Changed)?;
        let head = serde_json::from_slice(&head).map_err(|_| SealedError::Changed)?;
        Ok(SealedAnswer { answers: self.clone(), head, frames })
    }

    /// Forgets an answer, if it is kept. A file that cannot be deleted is told in the log.
    pub fn remove(&self, call: &CallId) {
        match fs::remove_file(self.path(call, "sealed")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(call.id = %call, %error, "a kept answer could not be deleted");
            }
            _ => {}
        }
    }

    /// Forgets all answers but those of `calls`; returns how many were forgotten. Unfinished files
    /// of a crash are among them. To be called at a start, before anything is kept.
    pub fn retain(&self, calls: &HashSet<CallId>) -> io::Result<usize> {
        let mut forgotten = 0;
        for entry in fs::read_dir(&self.0.dir)? {
            let path = entry?.path();
            let call = path.file_stem().and_then(|stem| stem.to_str()).map(CallId::from_stored);
            let is_whole = path.extension().is_some_and(|extension| extension == "sealed");
            if !is_whole || call.is_none_or(|call| !calls.contains(&call)) {
                fs::remove_file(&path)?;
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }

    fn path(&self, call: &CallId, extension: &str) -> PathBuf {
        self.0.dir.join(format!("{call}.{extension}"))
    }

    /// A file system that does not tell is taken to be full: the record is kept on it too.
    fn stays_free(&self, more: u64) -> bool {
        let Ok(free) = free_space(&self.0.dir) else { return false };
        free >= self.0.min_free.saturating_add(more)
    }
}

impl SealedAnswer {
    /// Returns the next piece of the body, or `None` after the last. Pieces have up to 256 KiB.
    pub fn piece(&mut self) -> Result<Option<Vec<u8>>, SealedError> {
        Ok(self.frames.frame(&self.answers.0.key)?)
    }

    /// Returns the answer with the body that was read. The caller must have read all pieces: only
    /// then is the answer the one that was kept.
    pub fn with(self, call: CallId, body: crate::spool::Spool) -> Result<KeptAnswer, SealedError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.head.headers {
            let name = HeaderName::try_from(name.as_str()).map_err(|_| SealedError::Changed)?;
            let value = HeaderValue::from_bytes(value).map_err(|_| SealedError::Changed)?;
            headers.append(name, value);
        }
        let status = StatusCode::from_u16(self.head.status).map_err(|_| SealedError::Changed)?;
        let upstream = Duration::from_micros(self.head.upstream_micros);
        Ok(KeptAnswer { call, status, headers, body, echoed_key: self.head.echoed_key, upstream })
    }
}

impl AnswerHead {
    fn from_answer(answer: &KeptAnswer) -> Self {
        let headers = answer.headers.iter();
        Self {
            status: answer.status.as_u16(),
            headers: headers.map(|(n, v)| (n.to_string(), v.as_bytes().to_vec())).collect(),
            echoed_key: answer.echoed_key,
            upstream_micros: u64::try_from(answer.upstream.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

fn about(call: &CallId, why: KeptFor) -> String {
    let why = match why {
        KeptFor::Nobody => "nobody",
        KeptFor::Key => "key",
    };
    format!("ideogate answer 1 {call} {why}")
}

fn piece(body: &mut impl Read, len: u64) -> io::Result<Vec<u8>> {
    // Room for the tag too, so that sealing does not copy the text.
    let mut text = Vec::with_capacity(usize::try_from(len).unwrap_or(FRAME) + 16);
    if body.take(len).read_to_end(&mut text)? as u64 != len {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(text)
}

impl From<FrameError> for SealedError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Changed => Self::Changed,
            FrameError::Io(error) => Self::Io(error),
        }
    }
}

impl From<io::Error> for SealedError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }
}
