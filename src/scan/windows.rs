//! A file of any size, in windows of one size.

use super::place::TextPosition;
use std::{
    io::{ErrorKind, Read, Result},
    ops::{ControlFlow, Range},
};

/// How much is looked at in one go.
const WINDOW: usize = 1 << 20;
/// How far around a find is looked, and so how far windows overlap to either side.
/// It is larger than anything that is looked for.
pub(super) const REACH: usize = 8 << 10;

/// Room for one window, to be used for one file after the other.
///
/// It is not cleared in between: only what was read is shown.
#[derive(Debug)]
pub(super) struct WindowBuffer(Box<[u8]>);

impl WindowBuffer {
    /// Returns an empty room.
    pub(super) fn new() -> Self {
        Self(vec![0; WINDOW].into())
    }
}

/// A stretch of a file.
///
/// Something at its edge is seen whole by one of two windows.
#[derive(Debug)]
pub(super) struct FileWindow<'a> {
    /// What is in it.
    pub(super) text: &'a [u8],
    /// Where something must start to be this window's to tell: the rest is seen whole by another.
    pub(super) own: Range<usize>,
    /// Where the text begins in the file.
    begins: TextPosition,
}

impl FileWindow<'_> {
    /// Returns what is at offsets that rise with the place where it is.
    pub(super) fn placed<T>(
        &self,
        rising: impl IntoIterator<Item = (usize, T)>,
    ) -> impl Iterator<Item = (TextPosition, T)> {
        let mut from = (0, self.begins);
        rising.into_iter().map(move |(at, what)| {
            from = (at, from.1.after(&self.text[from.0..at]));
            (from.1, what)
        })
    }
}

/// Shows a file window by window until enough was seen, and returns how many bytes were read.
///
/// UTF-16 with a mark at its start is shown as ASCII, with `?` for what is none. It is an error if the source
/// cannot be read.
pub(super) fn each(
    mut source: impl Read,
    room: &mut WindowBuffer,
    mut look: impl FnMut(&FileWindow<'_>) -> ControlFlow<()>,
) -> Result<u64> {
    let mut units = Units::Bytes;
    let mut bytes = 0;
    let mut begins = TextPosition::START;
    // How much at the start was in the window before, and how much of that was looked at.
    let (mut kept, mut told) = (0, 0);
    loop {
        let read = fill(&mut source, units.whole(&mut room.0[kept..]))?;
        if bytes == 0 {
            units = Units::detect(&room.0[..read]);
        }
        bytes += read as u64;
        // `fill` comes back short at the end alone, whatever pieces a pipe comes in.
        let is_last = read < units.room(WINDOW - kept);
        let end = kept + units.narrow(&mut room.0[kept..kept + read]);
        let text = &room.0[..end];
        let own = told..if is_last { end } else { end - REACH };
        if look(&FileWindow { text, own, begins }).is_break() || is_last {
            return Ok(bytes);
        }
        let left = end - 2 * REACH;
        begins = begins.after(&text[..left]);
        room.0.copy_within(left..end, 0);
        (kept, told) = (2 * REACH, REACH);
    }
}

/// Reads until there is no more room or nothing more to read.
fn fill(source: &mut impl Read, room: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while filled < room.len() {
        match source.read(&mut room[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Units {
    /// ASCII and what contains it.
    Bytes,
    /// UTF-16 with the low byte at this place of the two, as a mark at its start says.
    Pairs { low: usize },
}

impl Units {
    /// Reads the mark at the start of a text.
    fn detect(start: &[u8]) -> Self {
        match start {
            [0xff, 0xfe, ..] => Self::Pairs { low: 0 },
            [0xfe, 0xff, ..] => Self::Pairs { low: 1 },
            _ => Self::Bytes,
        }
    }

    /// Returns how much of a room is used, so that no pair is torn.
    fn room(self, length: usize) -> usize {
        match self {
            Self::Bytes => length,
            Self::Pairs { .. } => length & !1,
        }
    }

    /// Returns the part of a room that is used.
    fn whole(self, room: &mut [u8]) -> &mut [u8] {
        let length = self.room(room.len());
        &mut room[..length]
    }

    /// Makes one byte of each pair, in place, and returns how many there are now. What is not ASCII
    /// is no part of any secret.
    fn narrow(self, text: &mut [u8]) -> usize {
        let Self::Pairs { low } = self else { return text.len() };
        let pairs = text.len() / 2;
        for pair in 0..pairs {
            let (unit, high) = (text[2 * pair + low], text[2 * pair + 1 - low]);
            text[pair] = if high == 0 && unit.is_ascii() { unit } else { b'?' };
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the places of every `#`.
    fn places(source: impl Read) -> Vec<(u64, u64)> {
        let mut places = Vec::new();
        let look = |window: &FileWindow<'_>| {
            let found = memchr::memchr_iter(b'#', window.text).filter(|at| window.own.contains(at));
            let found = window.placed(found.map(|at| (at, ())));
            places.extend(found.map(|(place, ())| (place.line, place.column)));
            ControlFlow::Continue(())
        };
        each(source, &mut WindowBuffer::new(), look).unwrap();
        places
    }

    #[test]
    fn everything_is_told_once_wherever_a_window_ends() {
        let edges = [0, REACH, WINDOW - 2 * REACH, WINDOW - REACH, WINDOW, 3 * WINDOW - 5 * REACH];
        for edge in edges {
            for at in edge.saturating_sub(1)..edge + 2 {
                let mut text = vec![b'x'; edge + WINDOW];
                text[at] = b'#';
                assert_eq!(places(&text[..]), [(1, at as u64 + 1)], "at {at}");
                assert_eq!(places(&text[..=at]), [(1, at as u64 + 1)], "at the end, {at}");
            }
        }
    }

    #[test]
    fn lines_are_counted_over_windows() {
        let text = "12345\n".repeat(WINDOW) + "ab#";
        assert_eq!(places(text.as_bytes()), [(WINDOW as u64 + 1, 3)]);
    }

    #[test]
    fn a_wide_text_is_read_like_any_other() {
        let text = format!("\u{feff}ü\n{}#", "€".repeat(3 * WINDOW));
        let little: Vec<_> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<_> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(places(&little[..]), [(2, 3 * WINDOW as u64 + 1)]);
        assert_eq!(places(&big[..]), [(2, 3 * WINDOW as u64 + 1)]);
        assert_eq!(places(&little[..little.len() - 1]), []);
    }

    #[test]
    fn each_window_sees_around_what_is_its_own() {
        let look = |window: &FileWindow<'_>| {
            let is_first = window.own.start == 0;
            assert!(is_first || window.own.start == REACH);
            let is_last = window.own.end == window.text.len();
            assert!(is_last || window.own.end == window.text.len() - REACH);
            ControlFlow::Continue(())
        };
        let text = vec![b'x'; 3 * WINDOW];
        assert_eq!(each(&text[..], &mut WindowBuffer::new(), look).unwrap(), 3 * WINDOW as u64);
    }
}
