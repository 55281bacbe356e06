//! Finding the key in a text, and writing stars over it.

use super::{
    escape, forms,
    forms::{Edge, KeyPattern},
};
use aho_corasick::{AhoCorasick, MatchKind};
use std::{fmt, ops::Range};

/// Everything needed to find one key in any text; made once per key version.
///
/// It finds the key as it is and in base64, and each character of these plain, escaped for JSON or
/// escaped for a URL. It never lengthens or shortens a text, so framing and positions stay true.
pub(in super::super) struct Redaction {
    forms: Vec<KeyPattern>,
    landmarks: Option<AhoCorasick>,
    spelling: Box<[bool; 256]>,
    reach: usize,
}

/// Keys shorter than this are no secrets, and may be part of ordinary words. They are not searched
/// for.
const SHORTEST: usize = 8;

/// How much of a form is searched for. Few characters, because the search engine keeps copies of
/// them that nobody wipes; the whole is compared with the forms, which are wiped.
const LANDMARK: usize = 4;

impl Redaction {
    /// Prepares to find `key`.
    pub(in super::super) fn new(key: &[u8]) -> Self {
        let forms = if key.len() < SHORTEST { Vec::new() } else { forms::key_patterns(key) };
        let mut spelling = Box::new([false; 256]);
        for byte in forms.iter().flat_map(|form| form.text.iter()) {
            spelling[usize::from(*byte)] = true;
        }
        let longest = forms.iter().map(|form| form.text.len()).max().unwrap_or(0);
        let landmarks = landmarks(&forms);
        // With a letter at each edge.
        Self { forms, landmarks, spelling, reach: (longest + 2) * escape::LONGEST }
    }

    /// Returns the length of the longest text that can be the key. It is in bytes, escapes and
    /// edges included.
    pub(super) fn reach(&self) -> usize {
        self.reach
    }

    /// Writes stars over each occurrence of the key, and returns whether there was one. The text
    /// must be whole. The work is in proportion to its length, whatever is in it.
    pub(in super::super) fn overwrite(&self, text: &mut [u8]) -> bool {
        self.overwrite_until(text.len(), text)
    }

    /// The same for a text that goes on: leaves alone what ends so late that the letter behind it
    /// may be missing. It is found when more is there.
    pub(super) fn overwrite_start(&self, text: &mut [u8]) -> bool {
        self.overwrite_until(text.len().saturating_sub(escape::LONGEST), text)
    }

    fn overwrite_until(&self, end: usize, text: &mut [u8]) -> bool {
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
                if let Some(place) = self.find_at(start, text).filter(|place| place.end <= end) {
                    text[place].fill(b'*');
                    found = true;
                }
            }
            // One byte on and not behind the match: the next landmark may begin within this one.
            from = at + 1;
        }
        found
    }

    /// Returns where the key stands if it starts here, with the letters at its edges.
    fn find_at(&self, start: usize, text: &[u8]) -> Option<Range<usize>> {
        let here = &text[start..];
        let spelled = |form| Some((escape::spelled(here, text_of(form))?, form));
        let (length, form) =
            self.forms.iter().filter_map(spelled).max_by_key(|(length, _)| *length)?;
        let fits = |edge: &Option<Edge>, letter| edge.is_some_and(|edge| edge.fits(letter));
        let end = start + length;
        let after = escape::first(&text[end..]).filter(|(letter, _)| fits(&form.after, *letter));
        let before = escape::last(&text[..start]).filter(|(letter, _)| fits(&form.before, *letter));
        let width = |edge: Option<(u8, usize)>| edge.map_or(0, |(_, width)| width);
        Some(start - width(before)..end + width(after))
    }
}

fn text_of(form: &KeyPattern) -> &[u8] {
    &form.text
}

impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redaction")
    }
}

/// Returns what a text must contain if the key is in it: the start of a form, or an escape of a
/// character that keys and their base64 have.
fn landmarks(forms: &[KeyPattern]) -> Option<AhoCorasick> {
    if forms.is_empty() {
        return None;
    }
    let escapes: [&[u8]; 10] =
        [b"%2", b"%3", b"%4", b"%5", b"%6", b"%7", br"\u00", br#"\""#, br"\\", br"\/"];
    let starts = forms.iter().map(|form| &form.text[..form.text.len().min(LANDMARK)]);
    // Leftmost: without it the match that ends first is told, and a key that begins before that one
    // would be passed over.
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(starts.chain(escapes)).ok()
}
