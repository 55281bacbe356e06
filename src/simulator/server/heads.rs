//! Finds the heads of requests in the bytes that arrive, exactly as they arrived.
//!
//! Hyper hands on headers without their spelling and order. What reached the vendor byte for byte is what
//! tests are about.

use bytes::Bytes;
use std::collections::VecDeque;

/// The longest head that is kept.
/// What is beyond is dropped.
const LONGEST: usize = 256 << 10;

/// Follows the framing of one connection.
///
/// Only HTTP/1.1 is followed (RFC 9112); it judges nothing, for hyper refuses what is no request.
#[derive(Debug, Default)]
pub(super) struct RequestHeads {
    /// The heads that were not asked for yet.
    found: VecDeque<Bytes>,
    /// Where the next byte belongs.
    within: Within,
    /// The head, or the line of a chunked body, as far as it has come.
    gathered: Vec<u8>,
    /// Where its last line starts.
    line: usize,
}

/// What the next byte belongs to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Within {
    /// To a head, or to nothing between two requests.
    #[default]
    Head,
    /// To a body with so many bytes left.
    Body(u64),
    /// To the line that says how long a chunk is.
    ChunkSize,
    /// To a chunk with so many bytes left, its line break counted.
    Chunk(u64),
    /// To what follows the last chunk.
    Trailers,
}

impl RequestHeads {
    /// Takes bytes as they arrive.
    ///
    /// They may be cut anywhere.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        while let Some((first, rest)) = bytes.split_first() {
            match self.within {
                Within::Body(left) | Within::Chunk(left) => {
                    let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    bytes = bytes.get(taken..).unwrap_or(&[]);
                    self.skip(left - taken as u64);
                }
                Within::Head | Within::ChunkSize | Within::Trailers => {
                    self.gather(*first);
                    bytes = rest;
                }
            }
        }
    }

    /// Returns the oldest head that was not returned yet.
    ///
    /// It includes the empty line at its end.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        self.found.pop_front()
    }

    /// Returns whether the connection is between two requests.
    pub(super) fn is_idle(&self) -> bool {
        self.found.is_empty() && self.within == Within::Head && self.gathered.is_empty()
    }

    /// Passes over bytes of a body.
    fn skip(&mut self, left: u64) {
        self.within = match self.within {
            Within::Chunk(_) if left == 0 => Within::ChunkSize,
            Within::Chunk(_) => Within::Chunk(left),
            _ if left == 0 => Within::Head,
            _ => Within::Body(left),
        };
    }

    /// Takes a byte of a line.
    fn gather(&mut self, byte: u8) {
        if self.gathered.len() < LONGEST {
            self.gathered.push(byte);
        }
        if byte != b'\n' {
            return;
        }
        let line = self.gathered.get(self.line..).unwrap_or(&[]).trim_ascii();
        let (is_empty, is_first) = (line.is_empty(), self.line == 0);
        match self.within {
            // Empty lines between requests belong to none.
            Within::Head if is_empty && is_first => self.start(Within::Head),
            Within::Head if is_empty => self.end_head(),
            Within::ChunkSize => {
                let next = chunk(line);
                self.start(next);
            }
            Within::Trailers if is_empty => self.start(Within::Head),
            _ => self.line = self.gathered.len(),
        }
    }

    /// Begins with the first line of something.
    fn start(&mut self, within: Within) {
        self.gathered.clear();
        self.line = 0;
        self.within = within;
    }

    /// Keeps the head, and goes on with what it announces.
    fn end_head(&mut self) {
        let head = std::mem::take(&mut self.gathered);
        self.start(framing(&head));
        self.found.push_back(head.into());
    }
}

/// Returns what follows the line of a chunk's size.
fn chunk(line: &[u8]) -> Within {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or(&[]).trim_ascii();
    let digits = std::str::from_utf8(digits).unwrap_or("");
    match u64::from_str_radix(digits, 16) {
        Ok(0) | Err(_) => Within::Trailers,
        // The line break after a chunk belongs to it.
        Ok(length) => Within::Chunk(length.saturating_add(2)),
    }
}

/// Returns what follows a head.
fn framing(head: &[u8]) -> Within {
    let mut within = Within::Head;
    for (name, value) in headers(head) {
        if name.eq_ignore_ascii_case("transfer-encoding") && value.contains("chunked") {
            return Within::ChunkSize;
        }
        if name.eq_ignore_ascii_case("content-length")
            && let Ok(length @ 1..) = value.parse()
        {
            within = Within::Body(length);
        }
    }
    within
}

/// Returns the headers of a head in their order and spelling.
///
/// White space around values is not kept.
pub(super) fn headers(head: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(head);
    let lines = text.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::{RequestHeads, headers};

    const FIRST: &str = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
    const SECOND: &str = "POST /b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
    const THIRD: &str = "GET /c HTTP/1.1\r\nApi-Key:  k \r\n\r\n";

    #[test]
    fn heads_are_found_between_bodies_however_the_bytes_arrive() {
        let all = format!(
            "{FIRST}\r\n\r\nx{SECOND}4;a=b\r\n\r\n\r\n\r\n0\r\nTrailer: y\r\n\r\n\r\n{THIRD}"
        );
        for step in [1, 2, 7, all.len()] {
            let mut heads = RequestHeads::default();
            all.as_bytes().chunks(step).for_each(|bytes| heads.feed(bytes));
            let found: Vec<_> = std::iter::from_fn(|| heads.next()).collect();
            assert_eq!(found, [FIRST, SECOND, THIRD], "in steps of {step}");
            assert!(heads.is_idle());
        }
    }

    #[test]
    fn headers_keep_their_order_and_spelling() {
        assert_eq!(headers(THIRD.as_bytes()), [("Api-Key".to_owned(), "k".to_owned())]);
    }
}
