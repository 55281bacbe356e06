//! Finding the key in a text, and writing stars over it.

use super::{escape, forms, forms::Form};
use aho_corasick::{AhoCorasick, MatchKind};
use std::fmt;

/// Everything needed to find one key in any text; made once per key version.
pub(in super::super) struct Redaction {
    forms: Vec<Form>,
    landmarks: Option<AhoCorasick>,
    spelling: Box<[bool; 256]>,
    reach: usize,
}

/// Keys shorter than this are no secrets, and may be part of ordinary words.
const SHORTEST: usize = 8;

/// How much of a form is searched for. Few characters, because the search engine keeps copies of
/// them that nobody wipes; the whole is compared with the forms, which are wiped.
const LANDMARK: usize = 4;

impl Redaction {
    /// Prepares to find `key`.
    pub(in super::super) fn new(key: &[u8]) -> Self {
        let forms = if key.len() < SHORTEST { Vec::new() } else { forms::of(key) };
        let mut spelling = Box::new([false; 256]);
        for byte in forms.iter().flat_map(|form| form.iter()) {
            spelling[usize::from(*byte)] = true;
        }
        let longest = forms.iter().map(|form| form.len()).max().unwrap_or(0);
        let landmarks = landmarks(&forms);
        Self { forms, landmarks, spelling, reach: longest * escape::LONGEST }
    }

    /// Returns the length of the longest text that can be the key.
    pub(super) fn reach(&self) -> usize {
        self.reach
    }

    /// Writes stars over each occurrence of the key, and returns whether there was one.
    pub(in super::super) fn overwrite(&self, text: &mut [u8]) -> bool {
        let Some(landmarks) = &self.landmarks else { return false };
        let (mut found, mut from, mut tried) = (false, 0, 0);
        while let Some(mark) = landmarks.find(&text[from..]) {
            let at = from + mark.start();
            let mut starts = at..=at;
            // An escape may stand anywhere in the key, so the key may start before it. No such
            // start is tried twice, which keeps the work in proportion to the text.
            if escape::escaped(&text[at..]).is_some_and(|byte| self.spelling[usize::from(byte)]) {
                starts = at.saturating_sub(self.reach).max(tried)..=at;
                tried = at + 1;
            }
            for start in starts {
                found |= self.overwrite_at(start, text);
            }
            from = at + 1;
        }
        found
    }

    fn overwrite_at(&self, start: usize, text: &mut [u8]) -> bool {
        let here = &text[start..];
        let longest = self.forms.iter().filter_map(|form| escape::spelled(here, form)).max();
        if let Some(length) = longest {
            text[start..start + length].fill(b'*');
        }
        longest.is_some()
    }
}

impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redaction")
    }
}

/// Returns what a text must contain if the key is in it: the start of a form, or an escape of a
/// character that keys and their base64 have.
fn landmarks(forms: &[Form]) -> Option<AhoCorasick> {
    if forms.is_empty() {
        return None;
    }
    let escapes: [&[u8]; 10] =
        [b"%2", b"%3", b"%4", b"%5", b"%6", b"%7", br"\u00", br#"\""#, br"\\", br"\/"];
    let starts = forms.iter().map(|form| &form[..form.len().min(LANDMARK)]);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(starts.chain(escapes)).ok()
}
