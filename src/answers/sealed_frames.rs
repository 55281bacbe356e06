//! A stream cut into sealed frames, so that one of any length takes the memory of one frame.
//!
//! ```text
//! nonce (12 bytes) │ frame │ frame │ … │ last frame
//! frame: length of what follows (4 bytes, the highest bit marks the last) │ ciphertext and tag
//! ```
//!
//! The nonce is random; frame `n` uses it with `n` mixed into its last four bytes. Each frame is bound to
//! what the stream is about, its number, and whether it is the last: frames cannot be changed, moved,
//! left out, or taken from another stream, and a stream that ends early is found out.

use super::sealed_key::{NONCE_LEN, SealingKey, random};
use std::io::{self, Read, Write};

/// Bytes of text in a frame. It bounds the memory that writing and reading take.
pub(super) const FRAME: usize = 256 << 10;

/// Bytes by which a frame grows when it is sealed.
const TAG: usize = 16;

/// Marks the last frame in its length.
const LAST: u32 = 1 << 31;

/// A sealed stream cannot be read. Nothing that was read before it may be used: whether a stream is
/// whole shows at its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrameError {
    /// It is not what was written, or about something else.
    #[error("the sealed stream was changed")]
    Changed,
    /// Reading failed.
    #[error("the sealed stream cannot be read")]
    Io(#[from] io::Error),
}

/// Seals frames into a stream. Dropped before its end it leaves a stream that no reader takes for
/// whole.
pub(super) struct FrameWriter<'k, W> {
    key: &'k SealingKey,
    position: Position,
    to: W,
}

/// Opens the frames of a stream. Each frame is checked before it is returned.
#[derive(Debug)]
pub(super) struct FrameReader<R> {
    position: Position,
    from: R,
    ended: bool,
}

/// Which frame is next, and what it is bound to.
#[derive(Debug)]
struct Position {
    nonce: [u8; NONCE_LEN],
    about: Vec<u8>,
    next: u32,
}

impl<'k, W: Write> FrameWriter<'k, W> {
    /// Begins a stream about `about`.
    pub(super) fn new(key: &'k SealingKey, about: &str, mut to: W) -> io::Result<Self> {
        let mut nonce = [0; NONCE_LEN];
        random(&mut nonce)?;
        to.write_all(&nonce)?;
        Ok(Self { key, position: Position::new(nonce, about), to })
    }

    /// Writes a frame that others follow. At most [`FRAME`] bytes; more is an error.
    pub(super) fn write(&mut self, text: Vec<u8>) -> io::Result<()> {
        self.frame(text, 0)
    }

    /// Writes the last frame, and returns what the stream went to.
    pub(super) fn finish(mut self, text: Vec<u8>) -> io::Result<W> {
        self.frame(text, LAST)?;
        Ok(self.to)
    }

    fn frame(&mut self, mut text: Vec<u8>, mark: u32) -> io::Result<()> {
        if text.len() > FRAME {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let (nonce, about) = self.position.step(mark).ok_or(io::ErrorKind::FileTooLarge)?;
        self.key.seal(nonce, &about, &mut text)?;
        let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.to.write_all(&(length | mark).to_be_bytes())?;
        self.to.write_all(&text)
    }
}

impl<R: Read> FrameReader<R> {
    /// Begins to read a stream that must be about `about`.
    pub(super) fn new(about: &str, mut from: R) -> Result<Self, FrameError> {
        let mut nonce = [0; NONCE_LEN];
        read_exact(&mut from, &mut nonce)?;
        Ok(Self { position: Position::new(nonce, about), from, ended: false })
    }

    /// Returns the next frame, or `None` after the last.
    pub(super) fn frame(&mut self, key: &SealingKey) -> Result<Option<Vec<u8>>, FrameError> {
        if self.ended {
            return Ok(None);
        }
        let mut length = [0; 4];
        read_exact(&mut self.from, &mut length)?;
        let length = u32::from_be_bytes(length);
        let (length, mark) = ((length & !LAST) as usize, length & LAST);
        // Before the tag is checked, no length is believed that would take more than one frame.
        if !(TAG..=FRAME + TAG).contains(&length) {
            return Err(FrameError::Changed);
        }
        let mut text = vec![0; length];
        read_exact(&mut self.from, &mut text)?;
        let (nonce, about) = self.position.step(mark).ok_or(FrameError::Changed)?;
        key.open(nonce, &about, &mut text).ok_or(FrameError::Changed)?;
        self.ended = mark == LAST;
        Ok(Some(text))
    }
}

impl Position {
    fn new(nonce: [u8; NONCE_LEN], about: &str) -> Self {
        Self { nonce, about: about.as_bytes().to_vec(), next: 0 }
    }

    /// Returns the nonce of the next frame and what it is bound to. `None` after 2³² frames, before
    /// a nonce would come again.
    fn step(&mut self, mark: u32) -> Option<([u8; NONCE_LEN], Vec<u8>)> {
        let number = self.next;
        self.next = number.checked_add(1)?;
        let mut nonce = self.nonce;
        for (byte, count) in nonce[NONCE_LEN - 4..].iter_mut().zip(number.to_be_bytes()) {
            *byte ^= count;
        }
        let mut about = self.about.clone();
        // Ends what the stream is about, which holds no zero byte.
        about.extend([0]);
        about.extend(number.to_be_bytes());
        about.extend(mark.to_be_bytes());
        Some((nonce, about))
    }
}

/// A stream that ends where it must not was cut off.
fn read_exact(from: &mut impl Read, bytes: &mut [u8]) -> Result<(), FrameError> {
    from.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => FrameError::Changed,
        _ => FrameError::Io(error),
    })
}

impl<W> std::fmt::Debug for FrameWriter<'_, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrameWriter").field("position", &self.position).finish_non_exhaustive()
    }
}
