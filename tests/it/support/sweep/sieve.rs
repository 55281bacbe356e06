//! Finding secrets in anything, in one pass.

use super::{Canary, Kind, Leak, Sink, spelling::Spelling};
use aho_corasick::AhoCorasick;
use std::{
    fs::File,
    io::{self, Read},
    ops::Range,
};

/// What is looked for first: so many units in a row. Any window of a secret has such a piece in it, wherever
/// the window begins.
const PIECE: usize = 8;

/// How much is looked through at a time.
const BLOCK: usize = 256 * 1024;

const EMPTY: [u8; 4096] = [0; 4096];

/// Everything that is looked for.
#[derive(Debug)]
pub(crate) struct Sieve {
    kinds: Vec<Kind>,
    spellings: Vec<Spelling>,
    /// The spelling and the unit that each pattern of the automaton begins at.
    marks: Vec<(usize, usize)>,
    automaton: Option<AhoCorasick>,
    reach: usize,
}

/// Part of a secret, where it stands.
struct Find<'s> {
    spelling: &'s Spelling,
    range: Range<usize>,
}

impl Sieve {
    /// Prepares to look for these.
    pub(crate) fn of(canaries: &[Canary]) -> Self {
        let spellings: Vec<_> = canaries
            .iter()
            .enumerate()
            .flat_map(|(number, canary)| Spelling::all(number, canary))
            .collect();
        let (mut marks, mut patterns) = (Vec::new(), Vec::new());
        for (number, spelling) in spellings.iter().enumerate() {
            let units = spelling.units.len();
            // What is shorter than a window is a leak only as a whole.
            let piece = if units < 2 * PIECE { units } else { PIECE };
            for first in (0..=units - piece).step_by(piece.max(1)) {
                marks.push((number, first));
                patterns.push(spelling.units[first..first + piece].concat());
            }
        }
        let reach =
            spellings.iter().map(|spelling| spelling.units.iter().map(Vec::len).sum()).max();
        Self {
            kinds: canaries.iter().map(|canary| canary.kind).collect(),
            automaton: (!patterns.is_empty()).then(|| AhoCorasick::new(patterns).unwrap()),
            spellings,
            marks,
            reach: reach.unwrap_or(0),
        }
    }

    /// Returns the leaks in a text.
    pub(crate) fn leaks(&self, text: &[u8], sink: Sink, place: &str) -> Vec<Leak> {
        self.leaks_at(text, 0, sink, place)
    }

    /// Returns the leaks in a file, from a position on.
    pub(crate) fn leaks_in_file(
        &self,
        mut file: &File,
        sink: Sink,
        place: &str,
    ) -> io::Result<Vec<Leak>> {
        let (mut held, mut start, mut leaks) = (Vec::new(), 0_u64, Vec::new());
        loop {
            let read = Read::by_ref(&mut file).take(BLOCK as u64).read_to_end(&mut held)?;
            leaks.extend(self.leaks_at(&held, start, sink, place));
            if read == 0 {
                return Ok(leaks);
            }
            // What was cut is found whole with the next block.
            let done = held.len().saturating_sub(self.reach);
            held.drain(..done);
            start += done as u64;
        }
    }

    fn leaks_at(&self, text: &[u8], start: u64, sink: Sink, place: &str) -> Vec<Leak> {
        let mut finds = self.finds(text);
        let hidden: Vec<_> = finds.iter().map(|find| find.range.clone()).collect();
        finds.retain(|find| !self.kinds[find.spelling.canary].may_be_in(sink));
        let mut finds = widest(finds);
        finds.sort_by_key(|find| find.range.start);
        let leak = |find: &Find<'_>| Leak {
            kind: self.kinds[find.spelling.canary],
            encoding: find.spelling.encoding.clone(),
            sink,
            place: place.to_owned(),
            at: start + find.range.start as u64,
            around: around(text, &find.range, &hidden),
        };
        finds.iter().map(leak).collect()
    }

    fn finds(&self, text: &[u8]) -> Vec<Find<'_>> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut finds: Vec<Find<'_>> = Vec::new();
        // Most of a pre-allocated file is empty, and zeros hold no secret.
        if text.chunks(EMPTY.len()).all(|chunk| chunk == &EMPTY[..chunk.len()]) {
            return finds;
        }
        for hit in automaton.find_overlapping_iter(text) {
            let (spelling, first) = self.marks[hit.pattern().as_usize()];
            let spelling = &self.spellings[spelling];
            let (range, count) = spelling.run(text, hit.start(), first);
            let is_known =
                |find: &Find<'_>| std::ptr::eq(find.spelling, spelling) && find.range == range;
            if count >= spelling.least && !finds.iter().rev().take(64).any(is_known) {
                finds.push(Find { spelling, range });
            }
        }
        finds
    }
}

/// Returns what is not part of another find: parts of a secret read alike in many spellings.
fn widest(mut finds: Vec<Find<'_>>) -> Vec<Find<'_>> {
    finds.sort_by_key(|find| std::cmp::Reverse(find.range.len()));
    let mut widest: Vec<Find<'_>> = Vec::new();
    for find in finds {
        let is_part = |wide: &Find<'_>| {
            wide.spelling.canary == find.spelling.canary
                && wide.range.start <= find.range.start
                && find.range.end <= wide.range.end
        };
        if !widest.iter().any(is_part) {
            widest.push(find);
        }
    }
    widest
}

impl Spelling {
    /// Returns how far the secret goes on, to both sides of a unit that stands at `at`, and how many units that are.
    fn run(&self, text: &[u8], at: usize, first: usize) -> (Range<usize>, usize) {
        let (mut start, mut end, mut count) = (at, at, 0);
        for unit in self.units[..first].iter().rev() {
            if !text[..start].ends_with(unit) {
                break;
            }
            start -= unit.len();
            count += 1;
        }
        for unit in &self.units[first..] {
            if !text[end..].starts_with(unit) {
                break;
            }
            end += unit.len();
            count += 1;
        }
        (start..end, count)
    }
}

/// Returns what stands around a secret, with stars for it and for every other.
fn around(text: &[u8], range: &Range<usize>, hidden: &[Range<usize>]) -> String {
    let from = range.start.saturating_sub(60);
    let mut part = text[from..text.len().min(range.end + 40)].to_vec();
    for hidden in hidden {
        let begin = hidden.start.clamp(from, from + part.len()) - from;
        let end = hidden.end.clamp(from, from + part.len()) - from;
        part[begin..end].fill(b'*');
    }
    part.escape_ascii().to_string()
}
