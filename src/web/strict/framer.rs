//! Follows a connection from message to message.

use super::{
    ProtocolFault,
    chunks::Chunks,
    fault::{MAX_FIELDS, MAX_HEAD, MAX_TARGET},
    head::{Framing, check_head},
};

/// A request line has a method and a version beside its target.
const MAX_REQUEST_LINE: usize = MAX_TARGET + 48;

/// Knows at each byte which message it belongs to.
#[derive(Debug)]
pub(super) struct Framer {
    place: FramePosition,
    search: HeadSearch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FramePosition {
    Head,
    Sized(u64),
    Chunked(Chunks),
}

/// How far the head at hand has been searched for its end.
#[derive(Debug, Default, Clone, Copy)]
struct HeadSearch {
    scanned: usize,
    line_start: usize,
    lines: usize,
}

/// What may be let through.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    /// Bytes from the front that may go on.
    pub(super) bytes: usize,
    /// Whether a head is among them.
    pub(super) has_head: bool,
    /// What is wrong with what follows them.
    pub(super) fault: Option<ProtocolFault>,
}

impl Framer {
    pub(super) fn new() -> Self {
        Self { place: FramePosition::Head, search: HeadSearch::default() }
    }

    /// Says whether the next byte belongs to a head.
    pub(super) fn is_at_head(&self) -> bool {
        self.place == FramePosition::Head
    }

    /// Follows `bytes`, which start with the first byte that was not let through yet, to the end of
    /// one message at most; a new one begins only if `may_begin`.
    pub(super) fn follow(&mut self, bytes: &[u8], may_begin: bool) -> Passed {
        let mut passed = Passed::default();
        while passed.bytes < bytes.len() {
            let is_head = self.is_at_head();
            if is_head && (passed.has_head || !may_begin) {
                break;
            }
            match self.step(&bytes[passed.bytes..]) {
                Ok(0) => break,
                Ok(taken) => passed.bytes += taken,
                Err(fault) => {
                    passed.fault = Some(fault);
                    break;
                }
            }
            passed.has_head |= is_head;
            self.search = HeadSearch::default();
        }
        passed
    }

    /// Takes what belongs to the present part of the message; nothing while its head is incomplete.
    fn step(&mut self, bytes: &[u8]) -> Result<usize, ProtocolFault> {
        match &mut self.place {
            FramePosition::Head => {
                let Some((start, end)) = self.search.end_of_head(bytes)? else { return Ok(0) };
                self.place = match check_head(&bytes[start..end])? {
                    Framing::Sized(0) => FramePosition::Head,
                    Framing::Sized(length) => FramePosition::Sized(length),
                    Framing::Chunked => FramePosition::Chunked(Chunks::new()),
                };
                Ok(end)
            }
            FramePosition::Sized(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= taken as u64;
                if *left == 0 {
                    self.place = FramePosition::Head;
                }
                Ok(taken)
            }
            FramePosition::Chunked(chunks) => {
                let taken = chunks.follow(bytes)?;
                if chunks.is_done() {
                    self.place = FramePosition::Head;
                }
                Ok(taken)
            }
        }
    }
}

impl HeadSearch {
    /// Finds the head in `bytes`, all of it. One empty line may stand before it, as some old
    /// clients send one after a body.
    fn end_of_head(&mut self, bytes: &[u8]) -> Result<Option<(usize, usize)>, ProtocolFault> {
        let start = if bytes.starts_with(b"\r\n") { 2 } else { 0 };
        self.scanned = self.scanned.max(start);
        self.line_start = self.line_start.max(start);
        while let Some(found) = memchr::memchr(b'\n', &bytes[self.scanned..]) {
            let end = self.scanned + found;
            if end == self.line_start || bytes[end - 1] != b'\r' {
                return Err(ProtocolFault::BareLineFeed);
            }
            self.scanned = end + 1;
            if end - self.line_start == 1 {
                return self.complete(start);
            }
            self.next_line(end, start)?;
        }
        self.scanned = bytes.len();
        self.limits(bytes.len() - start)?;
        Ok(None)
    }

    fn complete(&self, start: usize) -> Result<Option<(usize, usize)>, ProtocolFault> {
        if self.lines == 0 {
            return Err(ProtocolFault::RequestLine);
        }
        self.limits(self.scanned - start)?;
        Ok(Some((start, self.scanned)))
    }

    fn next_line(&mut self, end: usize, start: usize) -> Result<(), ProtocolFault> {
        self.limits(end - start)?;
        self.lines += 1;
        self.line_start = end + 1;
        // The request line is one of them.
        if self.lines > MAX_FIELDS + 1 { Err(ProtocolFault::TooManyFields) } else { Ok(()) }
    }

    fn limits(&self, len: usize) -> Result<(), ProtocolFault> {
        if self.lines == 0 && len > MAX_REQUEST_LINE {
            return Err(ProtocolFault::TargetTooLong);
        }
        if len > MAX_HEAD { Err(ProtocolFault::HeadTooLarge) } else { Ok(()) }
    }
}
