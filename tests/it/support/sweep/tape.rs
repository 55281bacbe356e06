//! What is kept until it is searched, without a bound on what it holds and with one on what it takes.

use super::{Leak, Sieve, Sink};
use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
};

/// More than this goes to a file.
const IN_MEMORY: usize = 512 * 1024;

/// Bytes in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    recent: Vec<u8>,
    rest: Option<File>,
    in_rest: u64,
}

impl Tape {
    pub(crate) const fn new() -> Self {
        Self { recent: Vec::new(), rest: None, in_rest: 0 }
    }

    /// Adds bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.recent.extend_from_slice(bytes);
        if self.recent.len() > IN_MEMORY {
            self.put_down();
        }
    }

    /// Says whether a text is in what is still in memory.
    pub(super) fn holds(&self, text: &str) -> bool {
        self.recent.windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// Returns how much there is.
    pub(crate) fn len(&self) -> u64 {
        self.in_rest + self.recent.len() as u64
    }

    /// Returns the leaks from a position on.
    pub(crate) fn leaks(&mut self, from: u64, sieve: &Sieve, sink: Sink, place: &str) -> Vec<Leak> {
        if let Ok(from) = usize::try_from(from.saturating_sub(self.in_rest))
            && (self.rest.is_none() || from > 0)
        {
            return sieve.leaks(&self.recent[from.min(self.recent.len())..], sink, place);
        }
        self.put_down();
        let mut file = self.rest.as_ref().unwrap();
        file.seek(SeekFrom::Start(from)).unwrap();
        let leaks = sieve.leaks_in_file(file, sink, place).unwrap();
        file.seek(SeekFrom::End(0)).unwrap();
        leaks
    }

    fn put_down(&mut self) {
        let file = self.rest.get_or_insert_with(|| tempfile::tempfile().unwrap());
        file.write_all(&self.recent).unwrap();
        self.in_rest += self.recent.len() as u64;
        self.recent.clear();
    }
}
